import type { Project } from '../project';

/** Of Python, Go and Rust. */
export const otherProjects: readonly Project[] = [
  {
    name: 'django',
    tool: 'Django (startproject, startapp)',
    version: '5.2.8',
    shows: 'Django with PostgreSQL',
    make: [
      ['python3', '-m', 'venv', 'venv'],
      ['venv/bin/pip', 'install', '--quiet', 'django==5.2.8'],
      ['mkdir', 'project'],
      ['venv/bin/django-admin', 'startproject', 'site_one', 'project'],
      ['mkdir', 'project/notes'],
      ['venv/bin/django-admin', 'startapp', 'notes', 'project/notes'],
      // As dj-database-url says that a project is given its database.
      [
        'sh',
        '-c',
        'printf "django==5.2.8\\ndj-database-url==3.0.1\\npsycopg[binary]==3.2.12\\n" > project/requirements.txt',
      ],
      [
        'sh',
        '-c',
        "printf \"\\nimport dj_database_url\\nDATABASES = {'default': dj_database_url.config()}\\nINSTALLED_APPS += ['notes']\\n\" >> project/site_one/settings.py",
      ],
      ['sh', '-c', 'printf ".venv\\n__pycache__\\n" > project/.gitignore'],
    ],
    needs: ['python3'],
    asks: '/admin/login/',
    change: {
      file: 'site_one/urls.py',
      from: 'urlpatterns = [',
      to: "admin.site.site_header = 'Second worktree'\nurlpatterns = [",
    },
    says: { before: 'Django administration', after: 'Second worktree' },
    broken: {
      file: 'notes/migrations/0001_initial.py',
      to: "from django.db import migrations\n\nclass Migration(migrations.Migration):\n    operations = [migrations.RunSQL('SELECT * FROM nowhere')]\n",
      says: 'relation "nowhere" does not exist',
    },
  },
  {
    name: 'wagtail',
    tool: 'Wagtail (wagtail start)',
    version: '7.0.3',
    shows: 'Django whose database is a file of the worktree',
    make: [
      ['python3', '-m', 'venv', 'tools'],
      ['tools/bin/pip', 'install', '--quiet', 'wagtail==7.0.3'],
      ['tools/bin/wagtail', 'start', 'project'],
      ['sh', '-c', 'printf ".venv\\n__pycache__\\ndb.sqlite3\\n" > project/.gitignore'],
    ],
    needs: ['python3'],
    // What its first migrations make.
    also: [{ path: '/admin/login/', says: 'Sign in' }],
    change: {
      file: 'home/templates/home/welcome_page.html',
      from: 'Welcome to your new Wagtail site!',
      to: 'Welcome to the second worktree!',
    },
    says: { before: 'Welcome to your new Wagtail site!', after: 'Welcome to the second worktree!' },
    broken: {
      file: 'home/migrations/0003_nowhere.py',
      to: "from django.db import migrations\n\nclass Migration(migrations.Migration):\n    dependencies = [('home', '0002_create_homepage')]\n    operations = [migrations.RunSQL('SELECT * FROM nowhere')]\n",
      says: 'no such table: nowhere',
      // Its database is a file of the worktree: nobody can tell it from work.
      stays: 'Left behind: the worktree',
    },
  },
  {
    name: 'fastapi',
    tool: 'FastAPI (fastapi_template)',
    version: '6.1.2',
    shows: 'FastAPI with PostgreSQL and redis; a compose file with a one-shot service and a database in parts',
    make: [
      ['python3', '-m', 'venv', 'tools'],
      ['tools/bin/pip', 'install', '--quiet', 'fastapi_template==6.1.2', 'uv==0.13.9'],
      [
        ...['fastapi_template', '-n', 'project', '--quiet', '--api-type', 'rest', '--db', 'postgresql'],
        ...['--orm', 'sqlalchemy', '--ci', 'none', '--migrations', '--dummy', '--routers', '--redis'],
      ],
      // It runs with the Python that is there, though it asks for a newer one.
      ['sed', '-i', 's/>=3.12,/>=3.11,/', 'project/pyproject.toml'],
      ['uv', '--directory', 'project', 'lock', '--quiet'],
    ],
    needs: ['python3', 'redis-server'],
    path: ['tools/bin'],
    asks: '/api/openapi.json',
    also: [{ path: '/api/dummy/', says: '[]' }],
    change: { file: 'project/web/application.py', from: 'title="project"', to: 'title="second"' },
    says: { before: '"title":"project"', after: '"title":"second"' },
    broken: {
      file: 'project/db/migrations/versions/2026-11-30-00-00_0123456789ab.py',
      to: "from alembic import op\n\nrevision = '0123456789ab'\ndown_revision = '2b7380507a71'\n\ndef upgrade() -> None:\n    op.execute('SELECT * FROM nowhere')\n",
      says: 'relation "nowhere" does not exist',
      stays: 'migrator is not ready: ',
    },
  },
  {
    name: 'voting',
    tool: 'Example Voting App (dockersamples)',
    version: '63e9150',
    shows: 'a compose file with Flask, Express, .NET, redis and PostgreSQL; apps in subfolders',
    make: [
      ['git', 'clone', '--quiet', 'https://github.com/dockersamples/example-voting-app', 'project'],
      ['git', '-C', 'project', 'reset', '--quiet', '--hard', '63e9150'],
    ],
    clones: 'https://github.com/dockersamples/example-voting-app',
    needs: ['python3', 'redis-server'],
    also: [{ path: '/', host: 'result', says: 'Cats' }],
    change: { file: 'vote/app.py', from: '"Cats"', to: '"Birds"' },
    says: { before: 'Cats', after: 'Birds' },
  },
  {
    name: 'httpbin',
    tool: 'go-httpbin (Go module)',
    version: '2.26.0',
    shows: 'a Go service',
    make: [
      [
        'sh',
        '-c',
        'cp -r "$(go mod download -json github.com/mccutchen/go-httpbin/v2@v2.26.0 | sed -n \'s/.*"Dir": "\\(.*\\)".*/\\1/p\')" project',
      ],
      ['chmod', '-R', 'u+w', 'project'],
    ],
    needs: ['go'],
    also: [{ path: '/json', says: 'slideshow' }],
    change: { file: 'httpbin/static/index.html.tmpl', from: '<title>go-httpbin(1)', to: '<title>second httpbin' },
    says: { before: '<title>go-httpbin(1)', after: '<title>second httpbin' },
  },
  {
    name: 'rust',
    tool: 'web-service-files-axum (crate)',
    version: '1.1.0',
    shows: 'a Rust service (axum)',
    make: [
      [
        'sh',
        '-c',
        'cargo new --quiet fetch && cd fetch && cargo add --quiet web-service-files-axum@=1.1.0 && cargo vendor --quiet > /dev/null && cp -r vendor/web-service-files-axum ../project',
      ],
      // As its author has it: what is vendored comes without.
      ['sh', '-c', 'cd project && rm -rf target .cargo-checksum.json && echo /target > .gitignore'],
    ],
    needs: ['cargo'],
    change: { file: 'files/index.html', from: 'headline', to: 'second worktree' },
    says: { before: 'headline', after: 'second worktree' },
  },
];
