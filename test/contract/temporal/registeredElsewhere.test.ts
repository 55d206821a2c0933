import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepTemporal } from '../../../packages/cluster/src/temporal/keepTemporal';
import { TemporalServer } from '../../../src/adapters/temporal/temporalServer';
import { cliMachine } from '../../support/cliMachine';
import { TemporalCaller } from '../../support/temporalWorld';
import { until } from '../../support/until';
import { usedProgram } from '../../support/usedPrograms';

const program = usedProgram('temporal') ?? '';
const signal = new AbortController().signal;
const owner = { repositoryId: '111111111111', worktreeId: '0000000000e1' };
const how = { waits: true, worktrees: [] };
const foreignOnly = /^Temporal does not answer at /;
const another = /^another server than the one where it was registered answers at /;

it.runIf(process.env['CI'])('there is a server to try', () => {
  expect(program).not.toBe('');
});

describe.skipIf(program === '')(
  'namespaces in Temporal, where their server cannot be asked',
  { timeout: 180_000 },
  () => {
    let here: Kept;
    let other: Kept;
    let caller: TemporalCaller;

    beforeEach(async () => {
      const address = `127.0.0.1:${await cliMachine.freePort()}`;
      [here, other] = [await Kept.create(address), await Kept.create(address)];
      caller = new TemporalCaller(program, address, other.home);
    });
    afterEach(() => Promise.all([here.dispose(), other.dispose()]), 60_000);

    it('are not taken for none when the person’s own has ended, and no empty one is started in its place', async () => {
      await other.start();
      await other.server.connect([], signal);
      await here.start();
      await here.server.connect([], signal);
      await here.server.register('worktree-a', owner, signal);
      await caller.startWorkflow('worktree-a', 'first');
      expect(await here.server.reach('worktree-a', how, signal)).toBeUndefined();
      expect(await here.server.workflows('worktree-a', signal)).toBe(1);
      await other.stop();
      expect(await here.server.reach('worktree-a', how, signal)).toMatch(foreignOnly);
      await expect(here.server.remove('worktree-a', owner, signal)).rejects.toMatchObject({ code: 'unreachable' });
      expect(await here.wanted()).toMatchObject({ isOurs: false });
      // Another environment has Coppice start one: that is not where this one's workflows are.
      await here.server.connect([], signal);
      expect(await here.wanted()).toMatchObject({ isOurs: true });
      expect(await here.server.reach('worktree-a', how, signal)).toMatch(another);
      await expect(here.server.remove('worktree-a', owner, signal)).rejects.toMatchObject({ code: 'unreachable' });
      await here.stop();
      await other.start();
      await until(() => other.server.answers(signal), 60_000);
      expect(await here.server.reach('worktree-a', how, signal)).toBeUndefined();
      expect(await here.server.workflows('worktree-a', signal)).toBe(1);
      expect(await here.server.remove('worktree-a', owner, signal)).toBeUndefined();
      expect(await here.server.owners('worktree-a', signal)).toEqual([]);
    });

    it('are not looked for in another program’s server that took the port of Coppice’s own', async () => {
      await here.start();
      await here.server.connect([], signal);
      await here.server.register('worktree-a', owner, signal);
      await caller.startWorkflow('worktree-a', 'first');
      await here.stop();
      await other.start();
      await other.server.connect([], signal);
      await here.start();
      await until(() => here.server.trouble(), 30_000);
      const taken = /another program listens on port/;
      await expect(here.server.connect([], signal)).rejects.toMatchObject({
        message: expect.stringMatching(taken) as unknown,
      });
      expect(await here.server.reach('worktree-a', how, signal)).toMatch(taken);
      await expect(here.server.remove('worktree-a', owner, signal)).rejects.toMatchObject({ code: 'unreachable' });
      await other.stop();
      await until(async () => (await here.server.reach('worktree-a', how, signal)) === undefined, 90_000);
      expect(await here.server.workflows('worktree-a', signal)).toBe(1);
    });

    it('are left, which is told, where that is accepted and what the server knows is broken', async () => {
      await here.start();
      await here.server.connect([], signal);
      await here.server.register('worktree-a', owner, signal);
      await here.stop();
      await writeFile(join(here.home, 'temporal', 'temporal.db'), 'x'.repeat(10_000));
      await here.start();
      const trouble = await here.server.reach('worktree-a', how, signal);
      expect(trouble).toMatch(/^Temporal does not run: .*not a database/);
      await expect(here.server.remove('worktree-a', owner, signal)).rejects.toMatchObject({ code: 'unreachable' });
      expect(await here.server.remove('worktree-a', owner, signal, true)).toMatch(/^Temporal does not/);
    });

    it('can be used again when a delete of theirs was cut off', async () => {
      await here.start();
      await here.server.connect([], signal);
      await here.server.register('worktree-a', owner, signal);
      await caller.startWorkflow('worktree-a', 'first');
      await caller.startWorkflow('worktree-a', 'coppice-deleted');
      await until(async () => (await caller.listWorkflows('worktree-a')).length === 2, 30_000);
      expect(await here.server.register('worktree-a', owner, signal)).toBe('found');
      expect(await caller.listWorkflows('worktree-a')).toEqual(['first']);
    });
  },
);

/** A COPPICE_HOME, and what keeps its server as the cluster does. */
class Kept {
  readonly server: TemporalServer;
  #end: (() => Promise<void>) | undefined;

  private constructor(
    readonly home: string,
    address: string,
  ) {
    const env = { PATH: [dirname(program), process.env['PATH']].join(delimiter), HOME: home };
    const settings = { 'temporal.address': address, 'temporal.path': '' };
    this.server = new TemporalServer({ home, settings: () => settings, env });
  }

  static async create(address: string): Promise<Kept> {
    return new Kept(await mkdtemp(join(tmpdir(), 'coppice-temporal-')), address);
  }

  async wanted(): Promise<unknown> {
    return JSON.parse(await readFile(join(this.home, 'temporal', 'server.json'), 'utf8'));
  }

  async start(): Promise<void> {
    const watch = { add: () => undefined, remove: () => undefined };
    this.#end = keepTemporal({ home: this.home, watch, log: () => undefined });
  }

  async stop(): Promise<void> {
    await this.#end?.();
    this.#end = undefined;
  }

  async dispose(): Promise<void> {
    await this.stop();
    await rm(this.home, { recursive: true, force: true });
  }
}
