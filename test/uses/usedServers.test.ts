import { readdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { usedTools } from '../../src/core/uses/usedTools';
import type { UsedToolName } from '../../src/core/usedTool';
import { until } from '../support/until';
import { listeningAt, processesOf, serversThere, serverVersion, take } from '../support/usedServers/usedServer';
import { verifies } from '../support/verified';
import type { CreatedJson, ErrorJson } from '../contract/cli/cliJson';
import { CliWorld, messageLines } from '../contract/cli/cliWorld';
import { application } from './application';

const { servers, clients } = serversThere();
/** What is not there after a stop, by its own nature. */
const forgetful = new Set(['memcached']);

it('there is a server to try', () => expect(servers).not.toEqual([]));

describe.each(servers.map((server) => [server.tool, server.from, server] as const))('%s (%s)', (name, _, server) => {
  const tool = name as UsedToolName;
  const { title, isWritten } = usedTools[tool];
  let world: CliWorld;
  let searched: string | undefined;
  const slow = { env: { COPPICE_CREATE_READY_TIMEOUT: '240' } };
  const ask = async (host: string, path = '/'): Promise<number> => {
    const { status, text } = await world.fetch(`http://${host}.localhost:${world.gatewayPort}${path}`);
    if (status !== 200) throw new Error(`${status}: ${text}`);
    return Number(text);
  };
  /** Asks until there is an answer. */
  const answer = async (host: string): Promise<number> => {
    let last: unknown;
    const answered = await until(
      () =>
        ask(host).then(
          (number) => ({ number }),
          (error: unknown) => void (last = error),
        ),
      90_000,
    ).catch(() => undefined);
    if (answered === undefined) throw last;
    return answered.number;
  };
  const told = async (variable: string, worktree = 'main'): Promise<string> => {
    const script = `process.env.${variable}`;
    const { stdout } = await world.cli(['exec', 'app', worktree, '--', process.execPath, '-p', script]);
    return stdout.trim();
  };
  const running = (): number[] => processesOf(server.place, world.folder);
  const kept = (): Promise<string[]> => readdir(join(world.home, 'uses')).catch(() => []);
  const after = (count: number): number => (forgetful.has(tool) ? 0 : count);

  beforeAll(async () => {
    world = await CliWorld.create();
    searched = world.env['PATH'];
    world.env['PATH'] = [...server.folders, searched].join(delimiter);
    await writeFile(join(world.repository, 'app.cjs'), application(tool, clients));
    await writeFile(
      join(world.repository, 'coppice.yaml'),
      `version: 1\nuses: {store: ${tool}}\nservices:\n  app: {command: node app.cjs, port: 3000, routes: [/]}\n`,
    );
    await world.git('add', '--all');
    await world.git('commit', '--quiet', '-m', 'uses');
  });
  afterAll(() => world?.dispose());
  verifies(title, () => serverVersion(server), {
    obtained: server.from,
    asked: 'a server of each environment: started, kept apart, restarted, put to sleep, gone with its data',
  });

  it('is asked for in one line, and nothing is made, where it is missing', async () => {
    for (const more of [[], ['--dry-run']]) {
      const { code, stderr } = await world.cli(['create', 'main', ...more], { env: { PATH: searched } });
      expect(messageLines(stderr)).toEqual([
        expect.stringMatching(`^coppice.yaml: uses.store is ${title}, and there is no .+ on this machine\\. `),
      ]);
      expect(code).toBe(4);
    }
    expect(await kept()).toEqual([]);
  });

  it('answers a client, and no environment meets another', async () => {
    const made = await world.json<CreatedJson>(['create', 'main'], slow);
    expect(made).toMatchObject({ ready: true, services: [{ name: 'app' }, { name: 'store', health: 'healthy' }] });
    expect(await ask('main')).toBe(0);
    expect(await ask('main', '/add')).toBe(1);
    expect(await ask('main', '/add')).toBe(2);
    await world.json(['create', 'other'], slow);
    expect(await ask('other')).toBe(0);
    expect(await ask('main')).toBe(2);
    expect(await told('STORE_PORT')).not.toBe(await told('STORE_PORT', 'other'));
  });

  it('listens on this machine alone', () => {
    const places = listeningAt(running());
    expect(places.length).toBeGreaterThan(1);
    expect(places.filter((place) => !/^(?:127\.0\.0\.1|::1):/.test(place))).toEqual([]);
  });

  it('is there again with its data when it was killed', async () => {
    const port = `:${await told('STORE_PORT')}`;
    const pid = running().find((each) => listeningAt([each]).some((place) => place.endsWith(port)));
    if (pid === undefined) throw new Error(`nothing of it listens at ${port}`);
    process.kill(pid, 'SIGKILL');
    await until(() => !running().includes(pid));
    expect(await answer('main')).toBe(after(2));
    expect(await ask('other')).toBe(0);
  });

  it('keeps its data when it is restarted, put to sleep and woken', async () => {
    expect((await world.cli(['restart', 'store', 'main'], slow)).code).toBe(0);
    expect(await answer('main')).toBe(after(2));
    const port = `:${await told('STORE_PORT')}`;
    expect((await world.cli(['sleep', 'main'])).code).toBe(0);
    expect(listeningAt(running()).filter((place) => place.endsWith(port))).toEqual([]);
    // A request wakes it.
    expect(await answer('main')).toBe(after(2));
  });

  it('has its data on another port, where a program took its own while it slept', async () => {
    const port = Number(await told('STORE_PORT'));
    expect((await world.cli(['sleep', 'main'])).code).toBe(0);
    const stranger = await take(port);
    try {
      await world.json<CreatedJson>(['create', 'main'], slow);
      await world.cli(['wake', 'main']);
      expect(await answer('main')).toBe(after(2));
      expect(Number(await told('STORE_PORT'))).not.toBe(port);
    } finally {
      stranger.close();
    }
  });

  it('leaves no process when the cluster is stopped', async () => {
    expect((await world.cli(['cluster', 'stop'])).code).toBe(0);
    expect(running()).toEqual([]);
    expect((await world.cli(['cluster', 'start'])).code).toBe(0);
    expect(await answer('main')).toBe(after(2));
  });

  it('goes with its data, once that is accepted where something was written', async () => {
    const asked = await world.cli(['delete', 'main', '--environment-only', '--json']);
    if (isWritten === undefined) expect(asked.code).toBe(0);
    else {
      const { error }: ErrorJson = JSON.parse(asked.stdout);
      expect(error.losses).toMatchObject([{ kind: 'data', count: 1, examples: [`store (${title})`] }]);
      expect(asked.code).toBe(9);
      expect(await ask('main')).toBe(2);
      expect((await world.cli(['delete', 'main', '--environment-only', '--discard', 'data'])).code).toBe(0);
    }
    expect(await kept()).toHaveLength(1);
    // Nothing was written there.
    expect(await world.cli(['delete', 'other'])).toMatchObject({ code: 0 });
    expect(await kept()).toEqual([]);
    expect(running()).toEqual([]);
  });
});
