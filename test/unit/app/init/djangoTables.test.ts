import { describe, expect, it } from 'vitest';
import { written } from '../../../support/proposeFor';

const settings = (engine: string) =>
  `DATABASES = {"default": {"ENGINE": "${engine}", "NAME": BASE_DIR / "db.sqlite3"}}`;
const setupOf = async (text: string, more: Readonly<Record<string, string>> = {}, folder = '') => {
  const files = {
    [`${folder}requirements.txt`]: 'django==5\n',
    [`${folder}manage.py`]: '',
    [`${folder}shop/settings.py`]: text,
  };
  return (await written({ ...files, ...more })).setup?.slice(2);
};

describe('the tables of a project of Django', () => {
  it('are made in each worktree where its database is a file there', async () => {
    expect(await setupOf(settings('django.db.backends.sqlite3'))).toEqual(['.venv/bin/python manage.py migrate']);
    expect(await setupOf(settings('django.db.backends.sqlite3'), {}, 'app/')).toEqual([
      ['sh', '-c', 'cd "./$1" && .venv/bin/python manage.py migrate', 'sh', 'app'],
    ]);
  });

  it.each([
    ['another engine', settings('django.db.backends.mysql')],
    ['a choice', `${settings('django.db.backends.sqlite3')}\nif os.environ.get("DB_HOST"): pass`],
    ['an address', `${settings('django.db.backends.sqlite3')}\nDATABASES["x"] = env.db("DATABASE_URL")`],
    ['a file elsewhere', 'DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "/var/db"}}'],
    ['nothing', ''],
  ])('are made by nobody where it has %s', async (_, text) => {
    expect(await setupOf(text)).toEqual([]);
  });

  it('are made in the template where it has PostgreSQL', async () => {
    expect(
      await setupOf(settings('django.db.backends.sqlite3'), { 'requirements.txt': 'django==5\npsycopg==3\n' }),
    ).toEqual([]);
  });
});
