import { describe, expect, it } from 'vitest';
import { importedCompose as made } from '../../../../support/importedCompose';

describe('a compose file', () => {
  it('gives addresses of its other services, of its database, and of what this machine was asked for', async () => {
    const { services, database, left } = await made(
      `
services:
  web:
    build: web
    command: node web.js --port 3000
    ports: ["8080:3000"]
    environment:
      API: http://api:4000/v1
      API_HOST: api
      PUBLIC: http://localhost:8080
      ODD: 'a $$(b) $$ c'
      CACHE: redis://redis:6379
  api:
    build: { context: api, target: dev, args: [A=1] }
    command: node api.js
    expose: [4000]
    environment:
      - DATABASE_URL=postgres://u:p@db:5432/shop
      - STORE=postgresql://u:p@db/shop
      - DB_HOST=db
      - DB_PASSWORD=p
      - TOKEN=\${TOKEN}
    depends_on:
      db: { condition: service_healthy }
      seed: { condition: service_completed_successfully }
  seed: { build: api, command: node seed.js }
  db: { image: 'postgres:16' }
  redis: { image: 'redis:7' }
`,
      { '.env': 'TOKEN=secret\n' },
      ['.env'],
    );
    expect(services).toMatchObject({
      web: {
        command: ['node', 'web.js', '--port', '$(PORT)'],
        build: 'web',
        port: 3000,
        routes: ['/'],
        env: {
          API: 'http://$(API_SERVICE_HOST):$(API_SERVICE_PORT)/v1',
          API_HOST: '$(API_SERVICE_HOST)',
          PUBLIC: '$(COPPICE_URL)',
          ODD: 'a $$(b) $ c',
          CACHE: '$(REDIS_URL)',
        },
      },
      api: {
        build: { context: 'api', target: 'dev', args: { A: '1' } },
        port: 4000,
        routes: ['/api'],
        env: { STORE: '$(DATABASE_URL)', DB_HOST: '$(DATABASE_HOST)', DB_PASSWORD: '$(DATABASE_PASSWORD)' },
        dependsOn: { seed: 'completed' },
      },
      seed: { once: true },
    });
    expect(services['seed']).not.toHaveProperty('port');
    expect(database).toMatchObject({ template: 'shop_template' });
    expect(left).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^services\.api\.environment\.TOKEN: is made of TOKEN, whose value is not in the repository/,
        ),
        // Which version it is, the file does not say.
        'services.redis.image: uses.redis is the Redis of this machine, or redis:8.0.3 where containers run',
      ]),
    );
  });

  it('runs what is a dependency of a project of Python as one, and leaves the tables to the service that makes them', async () => {
    const { services, database } = await made(
      `
x-app: &app
  build: { context: ., dockerfile: ./Dockerfile }
  environment:
    SHOP_HOST: 0.0.0.0
    SHOP_DB_HOST: shop-db
    SHOP_DB_PASS: shop
    SHOP_REDIS_HOST: shop-redis
services:
  api:
    <<: *app
    depends_on: { migrator: { condition: service_completed_successfully } }
  worker: { <<: *app, command: sh -c 'celery worker' }
  migrator: { <<: *app, restart: 'no', command: alembic upgrade head }
  db: { image: 'postgres:18', hostname: shop-db }
  redis: { image: 'redis:8', hostname: shop-redis }
`,
      {
        Dockerfile: 'FROM python:3.13\nCMD ["/usr/local/bin/python", "-m", "shop"]',
        'pyproject.toml': '[project]\ndependencies = ["fastapi>=0.1", "asyncpg"]',
        'uv.lock': '',
        'alembic.ini': '',
      },
    );
    const env = {
      ...{ SHOP_HOST: '0.0.0.0', SHOP_DB_HOST: '$(DATABASE_HOST)', SHOP_DB_PASS: '$(DATABASE_PASSWORD)' },
      ...{ SHOP_REDIS_HOST: '$(REDIS_HOST)', SHOP_REDIS_PORT: '$(REDIS_PORT)', SHOP_DB_PORT: '$(DATABASE_PORT)' },
    };
    expect(services).toMatchObject({
      api: {
        command: ['uv', 'run', 'python', '-m', 'shop'],
        port: 8000,
        env: { ...env, SHOP_PORT: '$(PORT)' },
        dependsOn: { migrator: 'completed' },
      },
      worker: { command: ['uv', 'run', 'sh', '-c', 'celery worker'], env },
      migrator: { command: ['uv', 'run', 'alembic', 'upgrade', 'head'], once: true, env },
    });
    expect(services['worker']).not.toHaveProperty('port');
    expect(database).toEqual({ template: 'shop_template' });
  });

  it('tells a driver that asks for TLS that the database has none, where its URL said so', async () => {
    const { services } = await made(
      'services: {web: {build: ., command: [a], environment: {DATABASE_URL: "postgres://u:p@db/x?sslmode=disable"}}, db: {image: postgres}}',
    );
    expect(services['web']).toMatchObject({ env: { PGSSLMODE: 'disable' } });
  });

  it('leaves a program in its image that is compiled there', async () => {
    const { services } = await made('services: {web: {build: web, command: [node, a.js]}, jobs: {build: jobs}}', {
      'jobs/Dockerfile': 'FROM dotnet\nENTRYPOINT ["dotnet", "Jobs.dll"]',
    });
    expect(services['jobs']).toMatchObject({ build: 'jobs', replicas: 0 });
    expect(services['jobs']).not.toHaveProperty('command');
  });

  it('gives a server that is called after its pages a host of its own', async () => {
    const express = '{"dependencies": {"express": "4"}}';
    const { services } = await made(
      'services: {vote: {build: vote, ports: ["8080:80"]}, result: {build: result, entrypoint: nodemon server.js, ports: ["8081:80"]}}',
      {
        'vote/requirements.txt': 'Flask',
        'vote/app.py': 'app = Flask(__name__)',
        'result/package.json': express,
        'result/server.js': 'server.listen(process.env.PORT)',
      },
    );
    expect(services).toMatchObject({
      vote: { command: '.venv/bin/flask --app app run --port $(PORT)', routes: ['/'] },
      result: { command: 'node server.js', host: 'result', routes: ['/'] },
    });
  });

  it('knows what its own folder is beside the images that need none', async () => {
    const { services } = await made(
      'services: {web: {build: ., ports: ["3000:3000"], environment: {SITE_PORT: 3000}}, db: {image: postgres}}',
      { 'package.json': '{"scripts": {"dev": "next dev"}, "dependencies": {"next": "16"}}' },
    );
    expect(services['web']).toMatchObject({ command: 'npm run dev', port: 3000, env: { SITE_PORT: '$(PORT)' } });
  });

  it('uses what is known of its other images, and leads to that what led there', async () => {
    const { services, uses, left, ...file } = await made(
      `
services:
  web:
    build: .
    command: node web.js
    ports: ["3000:3000"]
    environment:
      REDIS_URL: redis://cache:6379
      SESSIONS: redis://:secret@cache:6379/2
      REDIS_HOST: cache
      REDIS_PORT: 6379
      DATABASE_URL: mysql://u:p@db:3306/shop
      DSN: mysql2://u:p@db/shop?pool=5
      DB_HOST: db
      DB_USER: u
      DB_PASSWORD: p
      DB_NAME: shop
      AMQP: amqp://guest:guest@queue:5672/
      S3: http://files:9000/uploads
      MEMCACHED: mem:11211
      SMTP_HOST: mail
      SMTP_PORT: '1025'
      MAILS: http://mail:8025
      SEARCH: http://other:9308
    depends_on: [cache, db]
  cache: { image: 'redis:7-alpine', command: redis-server --maxmemory 10mb, volumes: ['data:/data'] }
  db: { image: 'mysql:8', environment: { MYSQL_DATABASE: shop } }
  queue: { image: 'rabbitmq:3-management' }
  files: { image: minio/minio }
  mem: { image: memcached }
  mail: { image: axllent/mailpit }
  other: { image: 'manticoresearch/manticore:6' }
volumes: { data: {} }
`,
      {
        '.env':
          'REDIS_URL=redis://localhost:6379/1\nSMTP_PORT=1025\nOTHER=redis://elsewhere:6379\nS3_URL=http://localhost:9000/canary\n',
      },
      ['.env'],
    );
    expect(uses).toEqual({
      ...{ cache: 'redis', db: 'mysql', queue: 'rabbitmq', files: 'minio', mem: 'memcached', mail: 'mailpit' },
    });
    expect(Object.keys(services)).toEqual(['web']);
    expect(services['web']).not.toHaveProperty('dependsOn');
    expect(services['web']?.['env']).toEqual({
      // What Coppice gives under just that name is not written down: REDIS_URL, DB_HOST, DATABASE_URL and the like.
      REDIS_URL: '$(CACHE_URL)',
      SESSIONS: '$(CACHE_URL)/2',
      REDIS_HOST: '$(CACHE_HOST)',
      REDIS_PORT: '$(CACHE_PORT)',
      DSN: 'mysql2://root@$(DB_HOST):$(DB_PORT)/app',
      DB_NAME: '$(DB_DATABASE)',
      AMQP: '$(QUEUE_URL)',
      S3: '$(FILES_URL)/uploads',
      MEMCACHED: '$(MEM_HOST):$(MEM_PORT)',
      SMTP_HOST: '$(MAIL_HOST)',
      SMTP_PORT: '$(MAIL_PORT)',
      MAILS: 'http://$(MAIL_SERVICE_HOST):$(MAIL_SERVICE_PORT)',
    });
    expect(file).toMatchObject({
      patch: { '.env': { REDIS_URL: '$(CACHE_URL)/1', SMTP_PORT: '$(MAIL_PORT)', S3_URL: '$(FILES_URL)' } },
    });
    expect(JSON.stringify(file)).not.toContain('canary');
    expect(left).toContainEqual(expect.stringMatching(/^S3_URL: the path in its address is not carried over/));
    for (const key of ['cache.image', 'cache.command', 'cache.volumes', 'db.environment', 'mail.image'])
      expect(left).toContainEqual(expect.stringMatching(new RegExp(`^services\\.${key.replace('.', '\\.')}: `)));
    expect(left).toContainEqual(expect.stringMatching(/^services\.web\.environment\.SEARCH: leads to other/));
  });

  it('never writes down what stands only in a file that git ignores', async () => {
    const { text } = await made(
      'services: {web: {build: ., command: "run ${TOKEN}", environment: {A: "x${TOKEN}"}}}',
      { '.env': 'TOKEN=canary-1234\n' },
      ['.env'],
    );
    expect(text).not.toContain('canary');
    expect(text).toContain('$(TOKEN)');
  });

  it.each<[string, string, Readonly<Record<string, string>>, readonly string[], string]>([
    [
      'an included file',
      'include: [secret.yaml]\nservices: {web: {build: ., command: [a]}}',
      { 'secret.yaml': 'services: {extra: {build: ., command: [b], environment: {KEY: canary}}}' },
      ['secret.yaml'],
      'secret.yaml',
    ],
    [
      'a file that a listed one includes',
      'include: [sub/compose.yaml]\nservices: {web: {build: ., command: [a]}}',
      { 'sub/compose.yaml': 'include: [../secret.yaml]', 'secret.yaml': 'services: {x: {environment: {K: canary}}}' },
      ['secret.yaml'],
      'secret.yaml',
    ],
    [
      'a file that a service is taken from',
      'services: {web: {extends: {file: ./secret.yaml, service: any}, build: ., command: [a]}}',
      { 'secret.yaml': 'services: {any: {environment: {KEY: canary}}}' },
      ['secret.yaml'],
      'extends secret.yaml',
    ],
    [
      'one that COMPOSE_FILE names',
      'services: {web: {build: ., command: [a]}}',
      {
        '.env': 'COMPOSE_FILE=./compose.yaml:compose.mine.yaml',
        'compose.mine.yaml': 'services: {web: {environment: {KEY: canary}}}',
      },
      ['.env', 'compose.mine.yaml'],
      'compose.mine.yaml',
    ],
  ])('does not read %s that git does not have, and says so', async (_, compose, files, own, path) => {
    for (const [ignored, untracked] of [
      [own, []],
      [[], own],
    ] as const) {
      const { text, services, left } = await made(compose, files, ignored, untracked);
      expect(text).not.toContain('canary');
      expect(Object.keys(services)).toEqual(['web']);
      expect(services['web']).toMatchObject({ command: ['a'] });
      expect(left).toContainEqual(expect.stringContaining(`${path}: is not read: git does not have it,`));
    }
  });

  it('takes no value from an example or a Dockerfile that git ignores', async () => {
    const { text } = await made(
      'services: {web: {build: ., environment: {A: "x${TOKEN}"}}}',
      { '.env.example': 'TOKEN=canary-1', Dockerfile: 'FROM node\nCMD ["node", "canary-2.js"]' },
      ['.env.example', 'Dockerfile'],
    );
    expect(text).not.toContain('canary');
  });

  it('takes no value from a file that git neither has nor ignores, and names none to services', async () => {
    const files = {
      '.env': 'TOKEN=canary-1\nCOMPOSE_PROFILES=all',
      '.env.example': 'WORD=canary-2',
      Dockerfile: 'FROM node\nCMD ["node", "canary-3.js"]',
      'compose.override.yaml': 'services: {web: {environment: {C: canary-4}}}',
    };
    const { text, services, left } = await made(
      'services: {web: {build: ., command: "run ${TOKEN}", environment: {A: "x${TOKEN}", B: "${WORD}"}}}',
      ...[files, [], Object.keys(files)],
    );
    expect(text).not.toContain('canary');
    expect(services['web']).not.toHaveProperty('envFile');
    expect(left).toContainEqual(expect.stringContaining('git neither has nor ignores it, so that no worktree gets it'));
  });

  it('is the override as well, by the rules of Compose', async () => {
    const { services } = await made(
      'services: {web: {build: ., command: [a], ports: ["1:80"], environment: {A: "1", B: "2"}}}',
      { 'compose.override.yaml': 'services: {web: {command: [b, c], environment: ["B=3", C=4]}}' },
    );
    expect(services['web']).toMatchObject({ command: ['b', 'c'], port: 80, env: { A: '1', B: '3', C: '4' } });
  });

  it('takes what files of its folders say as theirs', async () => {
    const { services } = await made('include: [sub/compose.yaml]\nservices: {}', {
      'sub/compose.yaml':
        'services: {api: {extends: {file: ../base.yaml, service: any}, build: ./code, env_file: .env.api}}',
      'base.yaml': 'services: {any: {command: node a.js, ports: ["5000"]}}',
    });
    expect(services['api']).toMatchObject({
      folder: 'sub/code',
      build: 'sub/code',
      command: ['node', 'a.js'],
      port: 5000,
    });
  });

  it.each([
    [
      'services: {web: {image: x, portz: []}}',
      'compose.yaml: services.web has no key "portz" in a compose file: did you mean "ports"?',
    ],
    ['servces: {}', 'compose.yaml: the file has no key "servces" in a compose file: did you mean "services"?'],
    [
      'services: {web: {build: {contxt: .}}}',
      'compose.yaml: services.web.build has no key "contxt" in a compose file: did you mean "context"?',
    ],
    ['services: {a: {extends: b}, b: {extends: a}}', 'compose.yaml: services.a extends itself'],
    [
      'services: {a: {extends: {service: c}}}',
      'compose.yaml: services.a extends "c", which compose.yaml does not have',
    ],
    ['services: {a: {image: "${"}}', 'compose.yaml: has a "${" that is not closed (${)'],
    ['include: [gone.yaml]', 'gone.yaml: there is no such file in the repository that can be read'],
    ['services: [', /^compose\.yaml:1: no valid YAML: /],
    ['- a', 'compose.yaml: is no mapping; Compose expects "services:"'],
  ])('%s is refused in one line', async (compose, message) => {
    await expect(made(compose)).rejects.toMatchObject({
      code: 'invalidInput',
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    });
  });
});
