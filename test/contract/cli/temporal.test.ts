import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cliMachine } from '../../support/cliMachine';
import { TemporalCaller } from '../../support/temporalWorld';
import { programVersion } from '../../support/toolVersions';
import { until } from '../../support/until';
import { obtainedProgram, pathWithout, usedProgram, usedProgramsFolder } from '../../support/usedPrograms';
import { verifies } from '../../support/verified';
import type { CreatedJson, EntryJson, ErrorJson, ListJson } from './cliJson';
import { CliWorld, messageLines } from './cliWorld';

const program = usedProgram('temporal') ?? '';

/** Starts a workflow before it serves anything, and at each request tells which there are: as a worker would, with what it is told. */
const application = `
const { execFileSync } = require('node:child_process');
const { TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, PORT } = process.env;
const temporal = (...argv) => execFileSync(process.env.TEMPORAL_PROGRAM, [
  ...argv, '--address', TEMPORAL_ADDRESS, '--namespace', TEMPORAL_NAMESPACE, '--output', 'json',
], { encoding: 'utf8' });
const start = (id) => temporal('workflow', 'start', '--workflow-id', id, '--type', 't', '--task-queue', 'q');
start('begun-' + TEMPORAL_NAMESPACE + '-' + process.pid);
require('node:http').createServer((request, response) => {
  if (request.url !== '/') start(request.url.slice(1));
  response.end(temporal('workflow', 'list') || '[]');
}).listen(PORT, '127.0.0.1');
`;

it.runIf(process.env['CI'])('there is a server to try', () => {
  expect(program).not.toBe('');
});

describe.skipIf(program === '')('environments that have namespaces in Temporal', { timeout: 180_000 }, () => {
  let world: CliWorld;
  let address: string;
  let caller: TemporalCaller;
  const ask = async (host: string, path = '/'): Promise<string[]> => {
    const { status, text } = await world.fetch(`http://${host}.localhost:${world.gatewayPort}${path}`);
    if (status !== 200) throw new Error(`${status}: ${text}`);
    const told = JSON.parse(text) as { execution: { workflowId: string } }[];
    return told.map(({ execution }) => execution.workflowId.replace(/-\d+$/, '')).sort();
  };
  const sees = (host: string, ...ids: string[]) =>
    until(async () => JSON.stringify(await ask(host).catch(() => [])) === JSON.stringify(ids.sort()), 60_000);

  beforeAll(async () => {
    world = await CliWorld.create();
    address = `127.0.0.1:${await cliMachine.freePort()}`;
    caller = new TemporalCaller(program, address, world.folder);
    world.env['PATH'] = [usedProgramsFolder, world.env['PATH']].join(delimiter);
    world.env['COPPICE_TEMPORAL_ADDRESS'] = address;
    // Which Temporal a person uses otherwise is none of an environment's.
    world.env['TEMPORAL_NAMESPACE'] = 'of-the-person';
    await writeFile(join(world.repository, 'app.cjs'), application);
    await writeFile(
      join(world.repository, 'coppice.yaml'),
      `version: 1\ntemporal: true\nservices:\n  app:\n    command: node app.cjs\n    port: 3000\n    routes: [/]\n    env: {TEMPORAL_PROGRAM: ${JSON.stringify(program)}}\n`,
    );
    await world.git('add', '--all');
    await world.git('commit', '--quiet', '-m', 'temporal');
  }, 60_000);
  afterAll(() => world.dispose());
  verifies('Temporal', () => programVersion(program), {
    obtained: obtainedProgram(program),
    asked: 'namespaces of environments: registered, told, deleted with them, workflows kept apart',
  });

  it('are refused in one line, and nothing is made, where its program is missing', async () => {
    const env = { PATH: await pathWithout('temporal', world.env['PATH'] ?? '', world.folder) };
    const before = await world.everything();
    for (const more of [[], ['--dry-run']]) {
      const { code, stderr } = await world.cli(['create', 'main', ...more], { env });
      expect(messageLines(stderr)).toEqual([
        expect.stringMatching(/^There is no program temporal on this machine: .*(?:To install it|How to install it): /),
      ]);
      expect(code).toBe(4);
    }
    expect(await world.everything()).toEqual(before);
  });

  it('find them usable from their first moment, and see no workflow of another', async () => {
    const made = await world.json<CreatedJson>(['create', 'main']);
    expect(made).toMatchObject({ ready: true, temporalNamespace: 'worktree-main' });
    await world.json(['create', 'other']);
    await sees('main', 'begun-worktree-main');
    await sees('other', 'begun-worktree-other');
    await ask('main', '/of-main');
    await sees('main', 'begun-worktree-main', 'of-main');
    await sees('other', 'begun-worktree-other');
    const { environment } = await world.json<EntryJson>(['status', 'main']);
    expect(environment?.health).toBe('healthy');
  });

  it('tell how many workflows they have, and where their page is', async () => {
    const status = async (): Promise<EntryJson> => world.json<EntryJson>(['status', 'main']);
    await until(async () => (await status()).environment?.temporal?.running === 2, 30_000);
    const { environment, view } = await status();
    expect(environment?.temporal).toMatchObject({ state: 'told', running: 2, failed: 0, why: null });
    expect(view.state).toBe('healthy');
    const { worktrees } = await world.json<ListJson>(['list']);
    expect(worktrees.map((each) => each.environment?.temporal?.running)).toEqual([2, 1]);
    const { url } = await world.json<{ url: string }>(['open', 'main', '--temporal']);
    expect(url).toBe(environment?.temporal?.page);
    expect((await fetch(url)).headers.get('content-type')).toContain('text/html');
    const { stdout } = await world.cli(['status', 'main']);
    expect(stdout).toMatch(/^temporal +worktree-main, 2 workflows running, http:/m);
  });

  it('wait where nobody has their namespace any more, until an update registers it', async () => {
    await caller.call('operator', 'namespace', 'delete', '--namespace', 'worktree-other', '--yes');
    const status = async (): Promise<EntryJson> => world.json<EntryJson>(['status', 'other']);
    await until(async () => (await status()).view.state === 'waiting', 30_000);
    const { view, environment } = await status();
    expect(view.why).toBe(`Its namespace worktree-other is not in Temporal at ${address}.`);
    expect(environment?.temporal).toMatchObject({ state: 'missing', running: null, failed: null });
    const { code, stderr } = await world.cli(['open', 'other', '--temporal', '--print']);
    expect([code === 0, messageLines(stderr)]).toEqual([false, [view.why]]);
    const why = await world.cli(['why', 'other', '--json']);
    expect((JSON.parse(why.stdout) as { cause: object }).cause).toMatchObject({
      kind: 'partWaits',
      todo: expect.stringContaining('registers it') as unknown,
    });
    expect((await world.cli(['create'], { cwd: (await status()).path })).code).toBe(0);
    expect(await status()).toMatchObject({ view: { state: 'healthy' }, environment: { temporal: { running: 0 } } });
  });

  it('keep their workflows when everything is stopped, which ends the server', async () => {
    expect((await world.cli(['cluster', 'stop'])).code).toBe(0);
    await expect(caller.listWorkflows('worktree-main')).rejects.toThrow();
    expect((await world.cli(['cluster', 'start'])).code).toBe(0);
    await until(async () => (await ask('main').catch((): string[] => [])).includes('of-main'), 90_000);
  });

  it('go with them once that is accepted, and come back empty at once', async () => {
    const asked = await world.cli(['delete', 'main', '--environment-only', '--json']);
    const { error }: ErrorJson = JSON.parse(asked.stdout);
    expect(error.losses).toMatchObject([
      { kind: 'data', examples: [expect.stringMatching(/^Temporal: \d+ workflows$/)] },
    ]);
    expect(asked.code).toBe(9);
    expect(await caller.listWorkflows('worktree-main')).toContain('of-main');
    expect((await world.cli(['delete', 'main', '--environment-only', '--discard', 'data'])).code).toBe(0);
    const left = await caller.call('operator', 'namespace', 'list');
    expect(left).toContain('"worktree-other"');
    expect(left).not.toContain('"worktree-main"');
    const made = await world.json<CreatedJson>(['create', 'main']);
    expect(made).toMatchObject({ ready: true, temporalNamespace: 'worktree-main' });
    await sees('main', 'begun-worktree-main');
  });
});
