import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepTemporal } from '../../../packages/cluster/src/temporal/keepTemporal';
import { TemporalServer } from '../../../src/adapters/temporal/temporalServer';
import { cliMachine } from '../../support/cliMachine';
import { startTestCluster } from '../../support/embeddedCluster';
import { FakeTemporalNamespaces } from '../../support/fakes/fakeTemporalNamespaces';
import { TemporalCaller } from '../../support/temporalWorld';
import { programVersion } from '../../support/toolVersions';
import { isAlive, until } from '../../support/until';
import { obtainedProgram, usedProgram } from '../../support/usedPrograms';
import { verifies } from '../../support/verified';
import { temporalNamespacesContract } from './temporalNamespacesContract';

temporalNamespacesContract('the fake', async () => {
  const temporal = new FakeTemporalNamespaces();
  const workflows = new Map<object, string[]>();
  const held = (namespace: string) => {
    const found = temporal.held.get(namespace);
    if (!found) throw new Error(`Namespace ${namespace} is not found.`);
    return found;
  };
  return {
    temporal,
    async startWorkflow(namespace, id) {
      const found = held(namespace);
      found.workflows++;
      workflows.set(found, [...(workflows.get(found) ?? []), id]);
    },
    listWorkflows: async (namespace) => workflows.get(held(namespace)) ?? [],
    makeForeign: async (namespace) => void temporal.held.set(namespace, { owner: 'foreign', workflows: 0 }),
    dispose: async () => undefined,
  };
});

const program = usedProgram('temporal') ?? '';
const signal = new AbortController().signal;

it.runIf(process.env['CI'])('there is a server to try', () => {
  expect(program).not.toBe('');
});

describe.skipIf(program === '')('the server beside the cluster', () => {
  verifies('Temporal', () => programVersion(program), {
    obtained: obtainedProgram(program),
    asked: 'its development server as a program of this machine: started, started again, ended',
  });

  temporalNamespacesContract('the server that the cluster runs', async () => {
    const world = await TemporalPlace.create();
    const { server, address, home } = world;
    const caller = new TemporalCaller(program, address, home);
    return {
      temporal: server(),
      startWorkflow: (namespace, id) => caller.startWorkflow(namespace, id),
      listWorkflows: (namespace) => caller.listWorkflows(namespace),
      makeForeign: (namespace) => caller.makeNamespace(namespace),
      dispose: () => world.dispose(),
    };
  });

  describe('that is one for all, and outlives nothing', { timeout: 120_000 }, () => {
    let world: TemporalPlace;
    const owner = { repositoryId: '111111111111', worktreeId: '0000000000e1' };
    beforeEach(async () => {
      world = await TemporalPlace.create();
    });
    afterEach(() => world.dispose());

    it('is started once where two ask for it, is started again when it dies, and ends with the cluster', async () => {
      const server = world.server();
      await Promise.all([server.connect([], signal), world.server().connect([], signal)]);
      const [first = 0, ...more] = world.pids;
      expect(more).toEqual([]);
      await server.register('worktree-a', owner, signal);
      process.kill(first, 'SIGKILL');
      const second = await until(() => world.pids.find((pid) => pid !== first));
      await server.connect([], signal);
      // What it knows is in its file.
      expect(await server.owner('worktree-a', signal)).toEqual(owner);
      await world.stop();
      expect(isAlive(second)).toBe(false);
      expect(await server.answers(signal)).toBe(false);
      world.start();
      await server.connect([], signal);
      expect(await server.owner('worktree-a', signal)).toEqual(owner);
    });

    it('is not needed where somebody runs one at the address, which is not ended', async () => {
      const other = await TemporalPlace.create(world.address);
      try {
        await other.server().connect([], signal);
        await world.server().connect([], signal);
        await world.server().register('worktree-a', owner, signal);
        expect(await other.server().owner('worktree-a', signal)).toEqual(owner);
        await world.stop();
        expect(await other.server().answers(signal)).toBe(true);
        expect(world.started).toEqual([]);
      } finally {
        await other.dispose();
      }
    });

    it('ends with a cluster that dies, and comes back with its next start', async () => {
      const cluster = await startTestCluster({ home: world.home });
      await world.stop();
      try {
        const server = world.server();
        await server.connect([], signal);
        await server.register('worktree-a', owner, signal);
        await cluster.crash();
        await until(async () => !(await server.answers(signal)), 30_000);
        const again = await cluster.startAgain();
        try {
          await server.connect([], signal);
          expect(await server.owner('worktree-a', signal)).toEqual(owner);
        } finally {
          await again.stop();
        }
        expect(await server.answers(signal)).toBe(false);
      } finally {
        if (isAlive(cluster.pid)) await cluster.stop();
      }
    });

    it('tells why it does not start', async () => {
      const broken = join(world.home, 'bin', 'temporal');
      await mkdir(dirname(broken), { recursive: true });
      await writeFile(broken, '#!/bin/sh\nif [ "$1" = server ]; then echo "it is no database" >&2; fi\nexit 3\n');
      await chmod(broken, 0o755);
      await expect(world.server({ 'temporal.path': broken }).connect([], signal)).rejects.toMatchObject({
        code: 'failed',
        message: expect.stringContaining('does not start: it ended with exit code 3: it is no database') as unknown,
      });
      expect(await readFile(join(world.home, 'temporal', 'server.log'), 'utf8')).toContain('it is no database');
      expect(await world.server().trouble()).toBe('it ended with exit code 3: it is no database');
    });

    it('tells that another program has its port, and takes it once that is free', async () => {
      await world.server().connect([], signal);
      expect(await world.server().trouble()).toBeUndefined();
      await world.stop();
      const taken = createServer();
      const [host = '', port = ''] = world.address.split(':');
      await new Promise<void>((resolve) => taken.listen(Number(port), host, resolve));
      world.start();
      const trouble = await until(() => world.server().trouble(), 30_000);
      expect(trouble).toBe(`another program listens on port ${port} of ${host}`);
      await new Promise((resolve) => taken.close(resolve));
      await until(() => world.server().answers(signal), 60_000);
      expect(await world.server().trouble()).toBeUndefined();
    });
  });
});

/** A COPPICE_HOME, and what keeps its server as the cluster does. */
class TemporalPlace {
  /** Of servers that run. */
  readonly pids: number[] = [];
  readonly started: number[] = [];
  #end: (() => Promise<void>) | undefined;

  private constructor(
    readonly home: string,
    readonly address: string,
  ) {
    this.start();
  }

  static async create(address?: string): Promise<TemporalPlace> {
    const home = await mkdtemp(join(tmpdir(), 'coppice-temporal-'));
    return new TemporalPlace(home, address ?? `127.0.0.1:${await cliMachine.freePort()}`);
  }

  readonly server = (more: { 'temporal.path'?: string } = {}): TemporalServer => {
    const settings = { 'temporal.address': this.address, 'temporal.path': '', ...more };
    const env = { PATH: [dirname(program), process.env['PATH']].join(delimiter), HOME: this.home };
    return new TemporalServer({ home: this.home, settings: () => settings, env });
  };

  start(): void {
    const watch = {
      add: (pid: number) => void (this.pids.push(pid), this.started.push(pid)),
      remove: (pid: number) => void this.pids.splice(this.pids.indexOf(pid), 1),
    };
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
