import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../support/until';
import type { CreatedJson, EntryJson } from './cliJson';
import { CliWorld } from './cliWorld';

/** What each service does is its argument; all write down when they begin and end. */
const script = `
const { appendFileSync, existsSync } = require('node:fs');
const [, , name, what] = process.argv;
const note = (event) => appendFileSync('events', name + ' ' + event + '\\n');
note('begins');
const serve = () => require('node:http').createServer((_, answer) => answer.end('ok'))
  .listen(process.env.PORT, '127.0.0.1', () => note('listens'));
process.on('SIGTERM', () => process.exit(143));
({
  serve,
  slow: () => setTimeout(serve, 1500),
  work: () => setTimeout(() => note('ends'), 700),
  // Until a file says how it went.
  ask: () => {
    const timer = setInterval(() => {
      if (!existsSync('answer')) return;
      clearInterval(timer);
      note('ends');
      if (existsSync('broken')) throw new Error('relation "users" is missing');
    }, 50);
  },
})[what]();
`;

describe('services that wait for each other', { timeout: 120_000 }, () => {
  let world: CliWorld;
  const at = (file: string): string => join(world.repository, file);
  const events = async (): Promise<string[]> =>
    (await readFile(at('events'), 'utf8').catch(() => '')).trim().split('\n').filter(Boolean);
  const pods = () => world.objects('/api/v1/namespaces/worktree-main/pods');
  const edit = (services: Readonly<Record<string, string>>): Promise<void> => {
    const lines = Object.entries(services).map(
      ([name, more]) => `  ${name}: {command: "node services.cjs ${name} ${more}}`,
    );
    return writeFile(at('coppice.yaml'), ['version: 1', 'services:', ...lines, ''].join('\n'));
  };
  const three = {
    api: 'serve", port: 3000, dependsOn: [db, migrate]',
    migrate: 'ask", once: true, dependsOn: [db]',
    db: 'slow", port: 4000',
  };

  beforeAll(async () => {
    world = await CliWorld.create();
    await writeFile(at('services.cjs'), script);
  });
  beforeEach(() => Promise.all(['events', 'answer', 'broken'].map((file) => rm(at(file), { force: true }))));
  afterAll(() => world.dispose());

  it('begin one after the other, and what has run to its end is Completed', async () => {
    await writeFile(at('answer'), '');
    await edit(three);
    const made = await world.json<CreatedJson>(['create', 'main']);
    expect(made).toMatchObject({
      ready: true,
      verdict: 'ready',
      services: [
        { name: 'api', state: 'Running', verdict: 'ready' },
        { name: 'migrate', state: 'Completed', health: 'healthy', ready: 1, desired: 1, verdict: 'ready' },
        { name: 'db', state: 'Running', verdict: 'ready' },
      ],
    });
    const order = ['db begins', 'db listens', 'migrate begins', 'migrate ends', 'api begins', 'api listens'];
    expect(await events()).toEqual(order);
    expect((await world.cli(['logs', 'migrate', 'main'])).code).toBe(0);
    expect((await world.cli(['scale', 'migrate', '2', 'main'])).stderr).toMatch(/runs to its end once/);
  });

  it('run once more with an update, while what runs already goes on until it may be replaced', async () => {
    await edit({ ...three, api: three.api.replace('port: 3000', 'port: 3000, env: {NEW: "1"}') });
    const before = await pods();
    const update = world.start(['create', 'main', '--json']);
    await until(async () => (await events()).includes('migrate begins'), 60_000);
    const { environment } = await world.json<EntryJson>(['status', 'main']);
    expect(environment?.services).toMatchObject([
      { name: 'api', state: 'Waiting', health: 'progressing', reason: 'waits for migrate to be completed', ready: 1 },
      { name: 'migrate', state: 'Running', reason: 'has not ended yet' },
      { name: 'db', state: 'Running' },
    ]);
    expect(await pods()).toEqual(before);
    expect(await events()).toEqual(['migrate begins']);
    const waiting = world.start(['wait', 'main']);
    await until(() => waiting.stderr().includes('an update is at work'), 30_000);
    expect((await world.cli(['wait', 'main', '--timeout', '1'])).code).toBe(6);
    await writeFile(at('answer'), '');
    expect((await update.done).code).toBe(0);
    expect(await waiting.done).toMatchObject({ code: 0, stdout: 'worktree-main is ready.\n' });
    expect(await events()).toEqual(['migrate begins', 'migrate ends', 'api begins', 'api listens']);
    expect(await pods()).not.toEqual(before);
  });

  it('say why they wait when what they wait for fails, and begin once that was mended and run again', async () => {
    await Promise.all(['answer', 'broken'].map((file) => writeFile(at(file), '')));
    await edit({ ...three, api: three.api.replace('port: 3000', 'port: 3000, env: {NEW: "2"}') });
    const agent = { COPPICE_AGENT_COMMAND: `${process.execPath} services.cjs agent work` };
    const { code, stdout } = await world.cli(['create', 'main', '--go', '--json'], { env: agent });
    expect(await events()).not.toContain('agent begins');
    expect({ code, made: JSON.parse(stdout) as CreatedJson }).toMatchObject({
      code: 10,
      made: {
        ready: false,
        verdict: 'notReady',
        services: [
          { name: 'api', state: 'Waiting', reason: 'waits for migrate, which fails', verdict: 'notReady' },
          {
            ...{ name: 'migrate', state: 'Error', health: 'degraded', restarts: 0, verdict: 'notReady' },
            reason: 'exit code 1: Error: relation "users" is missing',
          },
          { name: 'db', verdict: 'ready' },
        ],
      },
    });
    const waited = await world.cli(['wait', 'main', '--json']);
    expect({ code: waited.code, ...(JSON.parse(waited.stdout) as CreatedJson) }).toMatchObject({
      code: 10,
      ...{ ready: false, verdict: 'notReady', namespace: 'worktree-main' },
      services: [{ name: 'api', verdict: 'notReady' }, { name: 'migrate', state: 'Error' }, { name: 'db' }],
    });
    await rm(at('events'), { force: true });
    // Not tried again for ever, and by a restart of another one neither.
    expect((await world.cli(['restart', 'db'])).code).toBe(0);
    expect((await events()).filter((event) => event.startsWith('migrate'))).toEqual([]);
    await Promise.all(['broken', 'events'].map((file) => rm(at(file), { force: true })));
    expect(await world.cli(['restart', 'migrate'])).toEqual({
      code: 0,
      stdout: 'migrate of worktree-main has run anew, to its end.\n',
      stderr: '',
    });
    expect(await events()).toEqual(['migrate begins', 'migrate ends', 'api begins', 'api listens']);
  });

  it('are begun by the same create again when that was cut off', async () => {
    const api = three.api.replace('port: 3000', 'port: 3000, env: {NEW: "2"}');
    await edit({ ...three, api, web: 'serve", port: 5000, dependsOn: [migrate]' });
    const cut = world.start(['create', 'main']);
    await until(async () => (await events()).includes('migrate begins'), 60_000);
    cut.child.kill('SIGKILL');
    await cut.done;
    await writeFile(at('answer'), '');
    await until(async () => (await events()).includes('migrate ends'));
    const { environment } = await world.json<EntryJson>(['status', 'main']);
    expect(environment?.services.find(({ name }) => name === 'web')).toMatchObject({
      state: 'Waiting',
      reason: 'a create or an update starts it',
    });
    const waited = await world.cli(['wait', 'main']);
    expect({ code: waited.code, stdout: waited.stdout }).toEqual({
      code: 10,
      stdout: expect.stringContaining('the same create finishes it'),
    });
    await rm(at('events'), { force: true });
    expect(await world.json<CreatedJson>(['create', 'main'])).toMatchObject({ ready: true });
    expect(await events()).toEqual(['migrate begins', 'migrate ends', 'web begins', 'web listens']);
  });

  it('are as they were after a restart of the cluster: who has run to its end does not run again', async () => {
    await world.cli(['cluster', 'stop']);
    await rm(at('events'), { force: true });
    await world.cli(['cluster', 'start']);
    await until(async () => {
      const { environment } = await world.json<EntryJson>(['status', 'main']);
      return environment?.services.every(({ health }) => health === 'healthy');
    }, 60_000);
    expect((await events()).filter((event) => event.startsWith('migrate'))).toEqual([]);
    const { environment } = await world.json<EntryJson>(['status', 'main']);
    expect(environment?.services).toMatchObject([{}, { name: 'migrate', state: 'Completed' }, {}, {}]);
    expect((await world.cli(['logs', 'migrate', 'main'])).code).toBe(0);
  });

  it('are taken with the release that they are of', async () => {
    await edit({ db: three.db });
    await world.json<CreatedJson>(['create', 'main']);
    await until(async () => (await pods()).every((name) => name.startsWith('worktree-main/db-')), 30_000);
    expect(await pods()).toHaveLength(1);
  });

  it('are refused in one line, with nothing made, when they would wait for ever', async () => {
    await edit({ a: 'serve", port: 1, dependsOn: [b]', b: 'serve", port: 2, dependsOn: [a]' });
    const before = await world.everything();
    const { code, stderr } = await world.cli(['create', 'main']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/coppice\.yaml.*goes in a circle: a waits for b, b waits for a\n$/),
    });
    expect(await world.everything()).toEqual(before);
  });
});
