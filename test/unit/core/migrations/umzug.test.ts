import { expect, it } from 'vitest';
import { umzug } from '../../../../src/core/migrations/umzug';

const found = async (text: string) => {
  const files: Readonly<Record<string, string>> = {
    'package.json': '{"dependencies":{"umzug":"3"}}',
    'db/migrate.ts': text,
    'db/steps/1.js': '',
    'seeds/1.js': '',
  };
  const [project] = await umzug.find({
    ...{ paths: Object.keys(files), command: '' },
    read: async (path: string) => files[path],
  });
  if (!project) throw new Error('there is no project');
  return 'tables' in project ? { folder: project.folder, ...project.tables[0] } : project.unclear;
};
const list = "migrations: { glob: 'db/steps/*.js' }";
const plain = { folder: 'db/steps', name: 'SequelizeMeta', columns: ['name'] };

it('what the rest of its program says of tables, schemas and models is nothing of its storage', async () => {
  for (const text of [
    `const User = sequelize.define('User', {}, { tableName: 'users', schema: 'shop' });
     const umzug = new Umzug({ ${list}, storage: new SequelizeStorage({ sequelize }) });`,
    `new Umzug({ ${list}, storage: new SequelizeStorage({ sequelize }) });
     const rows = { model: User, tableName: tableOf(User), schema };`,
    `const storage = new SequelizeStorage({ sequelize }); // { tableName: 'not_this_one' }
     new Umzug<Context>({ ${list}, context: { schema: 'shop', glob: /[)]/ }, storage });`,
    `new Umzug({ /* glob: 'seeds/*.js', schema: 'no') */ ${list}, storage: new SequelizeStorage({ sequelize }) });
     new Umzug({ migrations: { glob: 'seeds/*.js' }, storage: new SequelizeStorage({ sequelize, tableName: 'seeds' }) });`,
  ])
    expect(await found(text), text).toEqual(plain);
});

it('its storage says them itself, wherever it is made', async () => {
  const said = "{ sequelize, tableName: 'steps', schema: 'shop', columnName: 'file' }";
  const own = { folder: 'db/steps', schema: 'shop', name: 'steps', columns: ['file'] };
  expect(await found(`new Umzug({ ${list}, storage: new SequelizeStorage(${said}) })`)).toEqual(own);
  expect(await found(`const storage = new SequelizeStorage(${said}); new Umzug({ ${list}, storage })`)).toEqual(own);
});

it.each([
  `new Umzug({ ${list}, storage: new SequelizeStorage(options) })`,
  `new Umzug({ ${list}, storage: new SequelizeStorage({ sequelize, ...options }) })`,
  `new Umzug({ ${list}, storage: new SequelizeStorage({ sequelize, schema }) })`,
  `new Umzug({ ${list}, storage: new SequelizeStorage({ model: Meta }) })`,
  `new Umzug({ ${list}, storage: new SequelizeStorage({ sequelize, tableName: 'a' + suffix`,
  `const [one, other] = [new SequelizeStorage({ sequelize }), new SequelizeStorage({ sequelize, tableName: 'b' })];
   new Umzug({ ${list}, storage: other })`,
])('is not guessed of %s', async (text) => {
  expect(await found(text)).toMatch(/is computed in db\/migrate\.ts|^Where its migrations lie/);
});

it('a long program that does not end is read in one go', async () => {
  const begin = performance.now();
  for (const filler of ["{'", "\\'", '(', '/*', "`'", 'new Umzug(', 'new Umzug<', 'new SequelizeStorage({,'])
    await found(`new Umzug({ ${list}, storage: new SequelizeStorage({ ${filler.repeat(60_000)}`);
  expect(performance.now() - begin).toBeLessThan(2_000);
}, 60_000);
