import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../support/until';
import type { CreatedJson, EntryJson } from './cliJson';
import { CliWorld, type CliResult } from './cliWorld';

/** One script for all: what the service does is its argument. */
const script = `
const { createServer } = require('node:http');
const serve = (port) => createServer((_, answer) => answer.end('ok')).listen(port, '127.0.0.1');
const stay = () => setInterval(() => undefined, 60_000);
const fail = (message) => { throw new Error(message); };
({
  web: () => serve(process.env.PORT),
  slow: () => setTimeout(() => serve(process.env.PORT), 1500),
  late: () => setTimeout(() => serve(process.env.PORT), 100_000),
  worker: stay,
  crash: () => fail('no config'),
  // As a dev server or a database that locks its folder.
  locked: () => {
    if (require('node:fs').existsSync('broken')) fail('broken');
    require('node:fs').mkdirSync('lock');
    process.on('SIGTERM', () => setTimeout(() => (require('node:fs').rmdirSync('lock'), process.exit(0)), 300));
    serve(process.env.PORT);
  },
  once: () => console.log('all done'),
  // Two, so that nobody can say which one is meant.
  stray: () => [0, 0].map((port) => createServer().listen(port, '127.0.0.1')),
  watched: () => {
    process.chdir(__dirname);
    require('./gone');
  },
  // As a dev server that finds another one in its folder: it says so first, and then that it will not.
  boast: () => {
    console.log('Local: http://localhost:' + process.env.PORT + '\\nReady in 120 ms');
    stay();
  },
  refuse: () => {
    console.log('Local: http://localhost:' + process.env.PORT + '\\nReady in 120 ms');
    fail('another server runs in this folder');
  },
  fleeting: () => setTimeout(() => fail('lost the queue'), 2000),
})[process.argv[2]]();
`;

describe('a create whose services do not all get ready', { timeout: 90_000 }, () => {
  let world: CliWorld;
  const edit = (
    services: Readonly<Record<string, string>>,
    commands: Readonly<Record<string, string>> = {},
  ): Promise<void> => {
    const lines = Object.entries(services).map(
      ([name, more]) => `  ${name}: {command: "${commands[name] ?? `node services.cjs ${name}`}"${more}}`,
    );
    return writeFile(join(world.repository, 'coppice.yaml'), ['version: 1', 'services:', ...lines, ''].join('\n'));
  };
  const port = ', port: 3000';
  let late: Promise<CliResult>;

  beforeAll(async () => {
    world = await CliWorld.create();
    await writeFile(join(world.repository, 'services.cjs'), script);
    // It is waited for while the others run.
    await edit({ late: `${port}, health: /` });
    await world.git('add', '--all');
    await world.git('commit', '--quiet', '--message', 'one that takes its time');
    late = world.cli(['create', 'late', '--json']);
  });
  afterAll(() => world.dispose());

  it('waits for each, names each with its own reason, ends with a code of its own, and leaves all as it is', async () => {
    await edit({ crash: '', web: port, slow: port, fleeting: '', worker: '' });
    const env = { COPPICE_CREATE_STEADY_TIME: '3' };
    const { code, stdout, stderr } = await world.cli(['create', 'main'], { env });
    expect({ code, stderr }).toEqual({
      code: 10,
      stderr: expect.stringMatching(
        /\n✗ 6\/6 Wait until the services are ready: crash: CrashLoopBackOff \(.*no config\); fleeting: CrashLoopBackOff \(.*lost the queue\)/,
      ),
    });
    expect(stdout).toMatch(/^crash is not ready: CrashLoopBackOff, exit code 1: Error: no config$/m);
    expect(stdout).toMatch(/^fleeting is not ready: CrashLoopBackOff, exit code 1: Error: lost the queue$/m);
    expect(stdout).not.toMatch(/(?:web|slow|worker) is not ready/);
    const { environment } = await world.json<EntryJson>(['status', 'main']);
    expect(environment?.services.map(({ name, ready }) => [name, ready])).toEqual([
      ['crash', 0],
      ['web', 1],
      ['slow', 1],
      ['fleeting', 0],
      ['worker', 1],
    ]);
  });

  it('tells the same in JSON, and is done with 0 once it is mended', async () => {
    await edit({ crash: '', worker: '' });
    const failed = await world.cli(['create', 'main', '--json']);
    expect(failed.code).toBe(10);
    const made = JSON.parse(failed.stdout) as CreatedJson;
    expect(made).toMatchObject({
      ready: false,
      services: [
        { name: 'crash', ready: 0 },
        { name: 'worker', ready: 1 },
      ],
    });
    await edit({ web: port });
    expect(await world.json<CreatedJson>(['create', 'main'])).toMatchObject({ ready: true });
  });

  it('tells the reason that is one, for what ends well, listens elsewhere, hides its crash or only says that it is ready', async () => {
    const commands = {
      watched: 'node --watch services.cjs watched',
      bundler: 'esbuild services.cjs --watch --outfile=bundle.out.js',
    };
    const all = { once: '', stray: port, watched: port, bundler: '', boast: port, refuse: port };
    await edit(all, commands);
    const { code, stdout } = await world.cli(['create', 'main'], { env: { COPPICE_CREATE_READY_TIMEOUT: '10' } });
    expect({ code, names: stdout.match(/^\w+(?= is not ready: )/gm) }).toEqual({ code: 10, names: Object.keys(all) });
    const reasons: Readonly<Record<string, RegExp>> = {
      once: /^Completed, ended by itself with exit code 0$/,
      stray: /^Running, listens on \d+ and \d+, not on its PORT \d+$/,
      watched: /^Running, nothing listens on its PORT \d+; its log says: Error: Cannot find module '.\/gone'$/,
      boast: /^Running, nothing listens on its PORT \d+/,
      refuse: /^CrashLoopBackOff, exit code 1: Error: another server runs in this folder$/,
      bundler:
        /^Completed, ended by itself with exit code 0: its input is closed.*; esbuild goes on with --watch=forever, or with stdin: true$/,
    };
    // How soon a program says something is its own affair.
    await until(async () => {
      const { environment } = await world.json<EntryJson>(['status', 'main']);
      return environment?.services.every(({ name, state, reason }) => reasons[name]?.test(`${state}, ${reason}`));
    }, 40_000);
    // Pods have no addresses here.
    for (const service of ['stray', 'watched'])
      expect((await world.cli(['describe', service, 'main'])).stdout).not.toMatch(/\b10(?:\.\d+){3}\b/);
  });

  describe('restart', () => {
    const pods = () => world.objects('/api/v1/namespaces/worktree-main/pods');

    it('ends the old process before the new one starts, and says when that is ready', async () => {
      await edit({ locked: port });
      await world.json<CreatedJson>(['create', 'main']);
      const before = await pods();
      expect(await world.cli(['restart', 'locked'])).toEqual({
        code: 0,
        stdout: 'locked of worktree-main runs anew.\n',
        stderr: '',
      });
      const { environment } = await world.json<EntryJson>(['status', 'main']);
      expect(environment?.services).toMatchObject([{ name: 'locked', state: 'Running', ready: 1, restarts: 0 }]);
      const after = await pods();
      expect(after).toHaveLength(1);
      expect(after).not.toEqual(before);
    });

    it('ends the old process before an update starts the new one, too', async () => {
      await edit({ locked: `${port}, env: {A: b}` });
      expect(await world.json<CreatedJson>(['create', 'main'])).toMatchObject({ ready: true });
    });

    it('says that the service does not get ready, and why', async () => {
      await writeFile(join(world.repository, 'broken'), '');
      const { code, stdout } = await world.cli(['restart', 'locked']);
      expect({ code, stdout }).toEqual({
        code: 10,
        stdout: expect.stringMatching(/^locked is not ready: CrashLoopBackOff, exit code 1: Error: broken$/m),
      });
      expect(JSON.parse((await world.cli(['restart', 'locked', '--json'])).stdout)).toMatchObject({
        restarted: true,
        ready: false,
        state: 'CrashLoopBackOff',
      });
    });
  });

  it(
    'waits by itself for one that listens after 100 seconds, and ends it no sooner',
    { timeout: 150_000 },
    async () => {
      const { code, stdout } = await late;
      expect({ code, made: JSON.parse(stdout) as CreatedJson }).toMatchObject({
        code: 0,
        made: { ready: true, services: [{ name: 'late', ready: 1, restarts: 0 }] },
      });
    },
  );
});
