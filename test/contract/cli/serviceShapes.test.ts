import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cliMachine } from '../../support/cliMachine';
import type { CreatedJson, EntryJson } from './cliJson';
import { CliWorld, messageLines } from './cliWorld';

/** Answers with what it is: where it runs, what it sees, what it was asked. */
const tell = `
const { createServer } = require('node:http');
createServer(({ url, headers }, answer) =>
  answer.end(JSON.stringify({ folder: process.cwd(), env: process.env, args: process.argv.slice(2), url, headers })),
).listen(process.env.PORT, process.env.HOST);
`;

interface Told {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

describe('services as a repository has them', { timeout: 90_000 }, () => {
  let world: CliWorld;
  const write = (services: string): Promise<void> =>
    writeFile(join(world.repository, 'coppice.yaml'), `version: 1\nservices:\n${services}\n`);
  const commit = async (services: string): Promise<void> => {
    await write(services);
    await world.git('add', '.');
    await world.git('commit', '-qm', 'services');
  };
  const ask = async (host: string, path = '/'): Promise<Told> => {
    const { status, text } = await world.fetch(`http://${host}.localhost:${world.gatewayPort}${path}`);
    expect({ status, text }).toMatchObject({ status: 200 });
    return JSON.parse(text);
  };

  beforeAll(async () => {
    world = await CliWorld.create();
    await mkdir(join(world.repository, 'apps', 'api'), { recursive: true });
    await writeFile(join(world.repository, 'apps', 'api', 'tell.cjs'), tell);
  });
  afterAll(() => world.dispose());

  describe('variables', () => {
    const more = 'port: 3000, routes: [/], folder: apps/api';

    it('say where the environment answers, and one may name another, on the command line too', async () => {
      const command = '[node, tell.cjs, "$(COPPICE_URL)", "$$(PORT)"]';
      const env = '{Z: "$(COPPICE_URL_API)/z", A: "$(Z)?port=$(PORT)", TEXT: "$$(Z)", NOBODY: "$(NOBODY) $$"}';
      await commit(`  api: {command: ${command}, ${more}, env: ${env}}`);
      await world.json(['create', 'told']);
      const { env: seen, args } = await ask('told');
      const origin = `http://told.localhost:${world.gatewayPort}`;
      expect(seen).toMatchObject({
        COPPICE_URL: origin,
        COPPICE_URL_API: origin,
        COPPICE_MAIN_WORKTREE: world.repository,
        HOST: '127.0.0.1',
        Z: `${origin}/z`,
        A: `${origin}/z?port=${String(seen['PORT'])}`,
        TEXT: '$(Z)',
        NOBODY: '$(NOBODY) $',
      });
      expect(seen['PORT']).not.toBe('3000');
      expect(args).toEqual([origin, '$(PORT)']);
      const shown = await world.cli(['exec', 'api', 'told', '--', 'node', '-p', 'process.env.COPPICE_URL']);
      expect(shown.stdout).toBe(`${origin}\n`);
    });

    it('give HOST as the file says it', async () => {
      await commit(`  api: {command: node tell.cjs, ${more}, env: {HOST: localhost}}`);
      await world.json(['create', 'host']);
      expect((await ask('host')).env['HOST']).toBe('localhost');
    });
  });

  describe('a host of its own, and a prefix that is taken away', () => {
    it('are served by the gateway, and shown wherever addresses are', async () => {
      const all = 'command: node tell.cjs, port: 3000, folder: apps/api';
      await commit(
        [
          `  web: {${all}, routes: [/]}`,
          `  api: {${all}, routes: [/api], stripPrefix: true}`,
          `  admin: {${all}, host: admin, env: {API: "$(COPPICE_URL_API)", OWN: "$(COPPICE_URL_ADMIN)"}}`,
        ].join('\n'),
      );
      await world.json(['create', 'hosts']);
      const at = (host: string, path = '/'): string => `http://${host}.localhost:${world.gatewayPort}${path}`;
      expect((await ask('admin.hosts')).env).toMatchObject({
        API: at('hosts', '/api'),
        OWN: at('admin.hosts', ''),
        OTEL_SERVICE_NAME: 'admin',
      });
      expect((await ask('hosts', '/x')).env['OTEL_SERVICE_NAME']).toBe('web');
      for (const [path, url] of [
        ['/api', '/'],
        ['/api/', '/'],
        ['/api/users?q=%2Fapi', '/users?q=%2Fapi'],
        ['/api?q', '/?q'],
        ['/api//evil.test/x', '/evil.test/x'],
      ] as const) {
        const told = await ask('hosts', path);
        expect([told.url, told.env['OTEL_SERVICE_NAME']]).toEqual([url, 'api']);
        expect(told.headers).toMatchObject({ 'x-forwarded-prefix': '/api' });
      }
      expect((await ask('hosts', '/apix')).headers).not.toHaveProperty('x-forwarded-prefix');
      const { environment } = await world.json<EntryJson>(['status', 'hosts']);
      expect(environment?.services.map(({ name, urls }) => [name, urls])).toEqual([
        ['web', [at('hosts')]],
        ['api', [at('hosts', '/api')]],
        ['admin', [at('admin.hosts')]],
      ]);
      expect((await world.cli(['open', 'hosts', 'admin', '--print'])).stdout).toBe(`${at('admin.hosts')}\n`);
      expect((await world.cli(['open', 'hosts', '--print'])).stdout).toBe(`${at('hosts')}\n`);
    });

    it('is refused where another service has it', async () => {
      const all = 'command: node tell.cjs, port: 3000, host: admin';
      await commit(`  one: {${all}}\n  two: {${all}}`);
      const { code, stderr } = await world.cli(['create', 'clash']);
      expect({ code, lines: messageLines(stderr) }).toEqual({
        code: 2,
        lines: ['coppice.yaml:4:51: services.two.host "/" is already a route of the host "admin" of one'],
      });
    });
  });

  describe('a command that says when it is ready', () => {
    it('is asked with its variables, in its folder, until it first succeeds, and no more', async () => {
      const asked = `
const { appendFileSync, existsSync } = require('node:fs');
appendFileSync('asked', process.env.WORKTREE_NAME + '\\n');
if (!existsSync('works')) console.error('it does not work yet');
process.exit(existsSync('works') ? 0 : 1);
`;
      await writeFile(join(world.repository, 'apps', 'api', 'asked.cjs'), asked);
      const work = "setTimeout(() => require('node:fs').writeFileSync('works', ''), 2000); setInterval(() => {}, 1000)";
      await commit(`  worker: {command: [node, -e, "${work}"], folder: apps/api, ready: node asked.cjs}`);
      // For so long one is watched that nothing asks.
      const created = await world.json<CreatedJson>(['create', 'asked'], {
        env: { COPPICE_CREATE_STEADY_TIME: '60' },
      });
      expect(created.services).toMatchObject([{ name: 'worker', health: 'healthy', restarts: 0 }]);
      const lines = async (): Promise<string[]> =>
        (await readFile(join(world.worktree('asked'), 'apps', 'api', 'asked'), 'utf8')).trim().split('\n');
      const before = await lines();
      expect(new Set(before)).toEqual(new Set(['asked']));
      expect(before.length).toBeGreaterThan(1);
      await delay(2500);
      expect(await lines()).toEqual(before);
    });
  });

  describe('a port of its own, whatever PORT says', () => {
    const service = (name: string, port: number): string =>
      `  ${name}: {command: [node, -e, "require('node:http').createServer((_, a) => a.end(process.env.WORKTREE_NAME)).listen(${port}, '127.0.0.1')"], port: 3000, routes: [/]}`;

    it('is found, and its row says so; a second one on it is told whose it is', async () => {
      const port = await cliMachine.freePort();
      await commit(service('web', port));
      expect(await world.json<CreatedJson>(['create', 'first'])).toMatchObject({ ready: true });
      const text = async (slug: string): Promise<string> =>
        (await world.fetch(`http://${slug}.localhost:${world.gatewayPort}/`)).text;
      expect(await text('first')).toBe('first');
      const says = new RegExp(`^listens on ${port}, not on its PORT \\d+$`);
      const first = async () => (await world.json<EntryJson>(['status', 'first'])).environment?.services[0];
      expect(await first()).toMatchObject({
        state: 'Running',
        ready: 1,
        reason: expect.stringMatching(says) as unknown,
      });

      const second = await world.cli(['create', 'second']);
      expect(second.code).toBe(10);
      expect(second.stdout).toMatch(
        new RegExp(
          `^web is not ready: \\w+, exit code 1: Error: listen EADDRINUSE: .*:${port} \\(port ${port} is in use by web of worktree-first\\)$`,
          'm',
        ),
      );
      expect(await text('second')).not.toContain('first');
      expect(await text('first')).toBe('first');
    });
  });

  it('stdin: true keeps the input open, which else has ended', async () => {
    const watcher = "process.stdin.on('end', () => process.exit()).resume()";
    const watching = (more: string) => commit(`  watcher: {command: [node, -e, "${watcher}"]${more}}`);
    await watching(', stdin: true');
    expect(await world.json<CreatedJson>(['create', 'open'])).toMatchObject({ ready: true });
    await watching('');
    const { code, stdout } = await world.cli(['create', 'closed']);
    expect({ code, stdout }).toMatchObject({
      code: 10,
      stdout: expect.stringContaining('watcher is not ready: Completed') as unknown,
    });
  });

  it('where node_modules is missing, the line that says why a service fails says so', async () => {
    await writeFile(join(world.repository, 'apps', 'api', 'package.json'), '{"dependencies": {"express": "5"}}');
    await writeFile(join(world.repository, 'apps', 'api', 'bare.cjs'), "require('express')");
    await commit(
      '  api: {command: node bare.cjs, folder: apps/api}\n  none: {command: no-such-server, folder: apps/api}',
    );
    const { code, stdout, stderr } = await world.cli(['create', 'bare']);
    const hint = '\\(there is no node_modules in apps/api: its dependencies are not installed\\)$';
    expect({ code, stderr }).toMatchObject({ code: 10 });
    expect(stdout).toMatch(
      new RegExp(`^api is not ready: \\w+, exit code 1: Error: Cannot find module 'express' ${hint}`, 'm'),
    );
    expect(stdout).toMatch(
      new RegExp(`^none is not ready: .*no-such-server.*executable file not found in \\$PATH ${hint}`, 'm'),
    );
    await world.git('rm', '-q', 'apps/api/package.json', 'apps/api/bare.cjs');
  });

  describe('envFile', () => {
    const secret = 'secret-of-the-file';
    const service = 'command: node tell.cjs, port: 3000, routes: [/], folder: apps/api';

    it('gives its variables beneath env, kept in a Secret; changed, they come with an update', async () => {
      await writeFile(join(world.repository, 'apps', 'api', 'app.env'), `TOKEN=${secret}\nLEVEL=file\nPORT=1\n`);
      await commit(`  api: {${service}, envFile: [apps/api/app.env], env: {LEVEL: env, BOTH: "$(TOKEN)!"}}`);
      await world.json(['create', 'files']);
      const before = await ask('files');
      expect(before.env).toMatchObject({ TOKEN: secret, LEVEL: 'env', BOTH: `${secret}!` });
      expect(before.env['PORT']).not.toBe('1');
      for (const path of ['pods', 'configmaps', 'events'].map((name) => `/api/v1/namespaces/worktree-files/${name}`))
        expect(JSON.stringify(await world.kubernetes(path))).not.toContain(secret);
      await writeFile(join(world.worktree('files'), 'apps', 'api', 'app.env'), 'TOKEN=another\n');
      await world.json(['create'], { cwd: world.worktree('files') });
      expect((await ask('files')).env).toMatchObject({ TOKEN: 'another', BOTH: 'another!' });
    });

    it('is refused in one line where it is not there, and nothing is made', async () => {
      await commit(`  api: {${service}, envFile: [apps/none.env]}`);
      const before = await world.everything();
      const { code, stderr } = await world.cli(['create', 'nofile']);
      expect({ code, lines: messageLines(stderr) }).toEqual({
        code: 3,
        lines: [
          expect.stringMatching(
            /^coppice\.yaml: services\.api\.envFile names "apps\/none\.env", which is not in \w{7}: /,
          ),
        ],
      });
      expect(await world.everything()).toEqual(before);
    });
  });

  describe('folder', () => {
    it('is where the service runs', async () => {
      await commit('  api: {folder: apps/api, command: node tell.cjs, port: 3000, routes: [/]}');
      await world.json(['create', 'topic']);
      expect((await ask('topic')).folder).toBe(join(world.worktree('topic'), 'apps', 'api'));
    });

    it.each([
      ['../x', 2, /^coppice\.yaml:3:17: services\.api\.folder must be a folder inside the repository/],
      ['apps/none', 2, /^coppice\.yaml: services\.api\.folder names "apps\/none", which is not in [0-9a-f]{7}\.$/],
      ['apps/api/tell.cjs', 2, /^coppice\.yaml: services\.api\.folder names .*, which is a file, and no folder, in /],
    ])('%s is refused in one line, and nothing is made', async (folder, code, line) => {
      await commit(`  api: {folder: ${folder}, command: node tell.cjs}`);
      const before = await world.everything();
      const result = await world.cli(['create', 'other']);
      expect({ code: result.code, lines: messageLines(result.stderr) }).toEqual({
        code,
        lines: [expect.stringMatching(line)],
      });
      expect(await world.everything()).toEqual(before);
    });
  });
});
