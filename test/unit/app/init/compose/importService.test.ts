import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { importedCompose as made } from '../../../../support/importedCompose';

describe('a service of a compose file', () => {
  it('runs what it says itself beside a Dockerfile at the root, and has a port for it', async () => {
    const { services } = await made(
      'services: {web: {build: ., command: node dev.js, ports: ["3000:3000"]}, jobs: {build: ., command: node jobs.js}}',
      { Dockerfile: 'FROM node\nCMD ["node", "production.js"]' },
    );
    expect(services).toMatchObject({
      web: { command: ['node', 'dev.js'], port: 3000, routes: ['/'] },
      jobs: { command: ['node', 'jobs.js'] },
    });
  });

  it('listens on its environment’s port and asks its environment’s services, where its command says neither', async () => {
    const { services } = await made(
      `services:
        web: {build: ./shop, ports: ['8004:8000'], command: uvicorn main:app --host 0.0.0.0}
        dashboard: {build: ./shop, ports: ['5556:5555'], command: 'celery --broker=redis://cache:6379/0 flower --port=5555'}
        report: {build: ./shop, command: 'sh -c "report --to postgres://u:p@db:5432/shop --of http://web:8000/api"'}
        cache: {image: 'redis:7'}
        db: {image: 'postgres:18'}`,
      { 'shop/requirements.txt': 'celery\nfastapi\n' },
    );
    expect(services).toMatchObject({
      web: { command: ['.venv/bin/uvicorn', 'main:app', '--host', '0.0.0.0', '--port', '$(PORT)'] },
      // It has pages, and an address of its own for them.
      dashboard: {
        command: ['.venv/bin/celery', '--broker=$(CACHE_URL)/0', 'flower', '--port=$(PORT)'],
        ...{ host: 'dashboard', routes: ['/'] },
      },
    });
    expect(JSON.stringify(services['report'])).toContain(
      'report --to $(DATABASE_URL) --of http://$(WEB_SERVICE_HOST):$(WEB_SERVICE_PORT)/api',
    );
  });

  it('gives a service with a port an address, though its program looks like none that answers', async () => {
    const { services } = await made('services: {web: {build: ., ports: ["3000:3000"]}}', {
      'go.mod': 'module shop',
      'main.go': 'package main\nfunc main() {}',
    });
    expect(services['web']).toMatchObject({ command: 'go run .', port: 3000, routes: ['/'] });
  });

  it('waits for those whose links, volumes, network or processes it takes, as for those that it names', async () => {
    const { services, left } = await made(
      `services:
        a: {image: a, links: ['b:other', gone], volumes_from: ['c:ro', 'container:d'], depends_on: {b: {condition: service_healthy}}}
        b: {image: b, network_mode: service:c}
        c: {image: c, ipc: service:d, pid: host}
        d: {image: d}`,
    );
    expect(services).toMatchObject({
      a: { dependsOn: { b: 'healthy', c: 'started' } },
      b: { dependsOn: { c: 'started' } },
      c: { dependsOn: { d: 'started' } },
    });
    expect(services['d']).not.toHaveProperty('dependsOn');
    expect(left.filter((line) => line.includes('depends_on'))).toEqual([]);
  });

  it('refuses services that wait for each other by what they take', async () => {
    const file = 'services: {a: {image: a, links: [b]}, b: {image: b, network_mode: service:a}}';
    await expect(made(file)).rejects.toMatchObject({ message: 'compose.yaml: services wait for each other: a, b, a' });
  });

  it('says that the port of this machine is another, where a variable that nobody gives names it', async () => {
    const { services, left } = await made('services: {web: {image: nginx, ports: ["${PUBLIC_PORT}:80"]}}');
    expect(services['web']).toMatchObject({ port: 80 });
    expect(left).toContainEqual(expect.stringMatching(/^services\.web\.ports\.published: /));
  });

  it('runs nothing of what an empty entrypoint takes away', async () => {
    const { services } = await made(
      'services: {a: {build: ., entrypoint: "", command: node a.js}, b: {build: ., entrypoint: "", command: ""}}',
      { Dockerfile: 'FROM node\nENTRYPOINT ["docker-entrypoint.sh"]\nCMD ["node", "image.js"]' },
    );
    expect(services['a']).toMatchObject({ command: ['node', 'a.js'] });
    expect(services['b']).not.toHaveProperty('command');
  });

  it('needs only those files of variables that each worktree has, and copies what git ignores', async () => {
    const env = ['settings.txt', 'given.txt', 'own.txt', 'absent.txt', 'loose.txt', 'late.txt', '../out.txt'];
    const optional = ['own.txt', 'absent.txt', 'given.txt'];
    const files = env.map((path) => ({ path, required: !optional.includes(path), format: 'raw' }));
    const { services, text, left } = await made(
      `services: {web: {build: ., command: [a], env_file: ${JSON.stringify(files)}}}`,
      { 'settings.txt': 'A=1', 'given.txt': 'A=1', 'own.txt': 'A=canary', 'loose.txt': 'A=canary', 'private.txt': '' },
      ['own.txt'],
      ['loose.txt'],
    );
    expect(services['web']).toMatchObject({ envFile: ['settings.txt', 'given.txt', 'late.txt'] });
    expect(parse(text)).toMatchObject({ copy: ['own.txt', 'late.txt'] });
    expect(text).not.toContain('canary');
    const said = left.filter((line) => line.startsWith('services.web.env_file')).join('\n');
    for (const name of ['own.txt need not', 'absent.txt need not', 'ignores loose.txt', 'outside of the repository'])
      expect(said).toContain(name);
    for (const reason of ['a file of envFile must be there', 'a file of envFile is read as Node.js reads one'])
      expect(said).toContain(`; ${reason}`);
    const plain = await made(
      'services: {web: {build: ., command: [a], env_file: [{path: a.txt, required: false, format: raw}, b.txt]}}',
      { 'a.txt': '', 'b.txt': '' },
    );
    expect(plain.services['web']).toMatchObject({ envFile: ['a.txt', 'b.txt'] });
    expect(plain.left).toEqual([
      'services.web.env_file.required: a file of envFile must be there',
      'services.web.env_file.format: a file of envFile is read as Node.js reads one',
    ]);
  });

  it('tells all that it does not carry over of ports, restarts, waits and includes', async () => {
    const { services, left } = await made(
      `
include: [{ path: sub/compose.yaml, env_file: sub/.env }]
services:
  web:
    build: .
    command: [a]
    ports: ['127.0.0.1:8080:80', { target: 80, mode: host, name: http }]
    restart: on-failure:3
    depends_on: { jobs: { condition: service_started }, seed: { condition: service_completed_successfully } }
  jobs: { build: jobs }
  seed: { build: ., command: [b], ports: ['5000'], expose: [6000], restart: on-failure }
`,
      { 'sub/compose.yaml': 'services: {}', 'jobs/Dockerfile': 'FROM dotnet\nENTRYPOINT ["dotnet", "Jobs.dll"]' },
    );
    expect(services['web']).toMatchObject({ port: 80, dependsOn: { seed: 'completed' } });
    const paths = left.map((line) => line.slice(0, line.indexOf(': ')));
    const ports = ['host_ip', 'published', 'mode', 'name'].map((key) => `services.web.ports.${key}`);
    expect(paths).toEqual(
      expect.arrayContaining([
        ...ports,
        'include.env_file',
        'services.web.restart',
        'services.web.depends_on.jobs',
        'services.seed.ports',
        'services.seed.expose',
      ]),
    );
    expect(paths).not.toContain('services.seed.restart');
  });

  it('is told by an address, too, where it listens', async () => {
    const { services } = await made(`
services:
  web:
    build: .
    command: [a]
    ports: ['7070:7070']
    environment: { A: 'http://*:7070', B: ':7070', C: 0.0.0.0:7070, D: 'http://[::]:7070/', E: 'http://*:9090', F: '7070' }
`);
    expect(services['web']).toMatchObject({
      env: {
        ...{ A: 'http://*:$(PORT)', B: ':$(PORT)', C: '0.0.0.0:$(PORT)', D: 'http://[::]:$(PORT)' },
        ...{ E: 'http://*:9090', F: '7070' },
      },
    });
  });
});
