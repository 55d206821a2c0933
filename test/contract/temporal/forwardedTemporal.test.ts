import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ForwardedTemporal } from '../../../src/adapters/temporal/forwardedTemporal';
import { TemporalWeb } from '../../../src/adapters/temporal/temporalWeb';
import { AppError } from '../../../src/core/errors';
import { cliMachine } from '../../support/cliMachine';
import { TemporalCaller } from '../../support/temporalWorld';
import { programVersion } from '../../support/toolVersions';
import { until } from '../../support/until';
import { obtainedProgram, usedProgram } from '../../support/usedPrograms';
import { verifies } from '../../support/verified';
import { temporalNamespacesContract } from './temporalNamespacesContract';

const program = usedProgram('temporal') ?? '';
const signal = new AbortController().signal;
const owner = { repositoryId: 'aaaaaaaaaaaa', worktreeId: '111111111111' };
const name = 'temporal-frontend.infra.svc:7233';
const folders: readonly string[] = [];

it.runIf(process.env['CI'])('there is a server to try', () => {
  expect(program).not.toBe('');
});

/** The program that infra's chart runs, on this machine: what leads there from a cluster is stood in for by its own port. */
class InfraServer {
  child: ChildProcess | undefined;
  isThere = false;

  private constructor(
    readonly home: string,
    readonly port: number,
    readonly uiPort: number,
  ) {}

  static async create(): Promise<InfraServer> {
    const home = await mkdtemp(join(tmpdir(), 'coppice-temporal-'));
    return new InfraServer(home, await cliMachine.freePort(), await cliMachine.freePort());
  }

  readonly temporal = (): ForwardedTemporal =>
    new ForwardedTemporal({
      ...{ folder: join(this.home, 'temporal'), name },
      settings: () => ({ 'temporal.path': '' }),
      env: { PATH: [dirname(program), process.env['PATH']].join(delimiter), HOME: this.home },
      open: async () => this.#lead(this.port),
      isRemoved: async () => false,
    });

  readonly web = (): TemporalWeb =>
    new TemporalWeb({
      home: this.home,
      settings: () => ({ 'temporal.address': '127.0.0.1:7233', 'temporal.ui': '' }),
      forwarded: { name, open: async () => this.#lead(this.uiPort) },
    });

  start(): void {
    this.isThere = true;
    const at = ['--ip', '127.0.0.1', '--port', String(this.port), '--ui-port', String(this.uiPort)];
    const data = ['--db-filename', join(this.home, 'temporal.db'), '--log-level', 'error'];
    this.child = spawn(program, ['server', 'start-dev', ...at, ...data], { env: { HOME: this.home }, stdio: 'ignore' });
  }

  async stop(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (!child) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }

  async dispose(): Promise<void> {
    await this.stop();
    await rm(this.home, { recursive: true, force: true });
  }

  #lead(localPort: number): { localPort: number } {
    if (!this.isThere) throw new AppError('notFound', 'There is no service temporal-frontend in infra.');
    return { localPort };
  }
}

describe('the Temporal of an infra that cannot be reached', () => {
  const gone = (isRemoved: () => Promise<boolean>, code: 'notFound' | 'conflict' | 'unreachable' = 'notFound') =>
    new ForwardedTemporal({
      ...{ folder: tmpdir(), name, env: {}, isRemoved },
      // The program is found, so that it is the port that fails.
      settings: () => ({ 'temporal.path': process.execPath }),
      open: async () => Promise.reject(new AppError(code, 'Nothing leads there.')),
    });
  const how = { waits: true, worktrees: folders };

  it('has nothing once infra was removed: nothing is lost, and nothing is in the way', async () => {
    for (const code of ['notFound', 'conflict', 'unreachable'] as const) {
      const temporal = gone(async () => true, code);
      expect(await temporal.reach('worktree-a', how, signal)).toBeUndefined();
      expect(await temporal.workflows('worktree-a', signal)).toBe(0);
      expect(await temporal.owners('worktree-a', signal)).toEqual([]);
      expect(await temporal.remove('worktree-a', owner, signal)).toBeUndefined();
    }
  });

  it('is not nothing while infra is there, or while nobody can tell', async () => {
    const away = async (): Promise<never> => Promise.reject(new AppError('unreachable', 'The cluster is away.'));
    for (const isRemoved of [async () => false, away]) {
      const temporal = gone(isRemoved);
      expect(await temporal.reach('worktree-a', how, signal)).toBe('Nothing leads there');
      await expect(temporal.remove('worktree-a', owner, signal)).rejects.toMatchObject({ code: 'unreachable' });
      expect(await temporal.remove('worktree-a', owner, signal, true)).toBe('Nothing leads there');
    }
  });
});

describe.skipIf(program === '')('infra’s Temporal, by a port that leads to it', () => {
  verifies('Temporal', () => programVersion(program), {
    obtained: obtainedProgram(program),
    asked: 'namespaces by a forwarded port, while the server comes and goes',
  });

  temporalNamespacesContract('a port that leads to the server', async () => {
    const server = await InfraServer.create();
    const temporal = server.temporal();
    const caller = new TemporalCaller(program, `127.0.0.1:${server.port}`, server.home);
    // Infra is set up between the two: nobody starts it here.
    const { connect } = temporal;
    temporal.connect = async (...request) => {
      if (!server.isThere) server.start();
      return connect.apply(temporal, request);
    };
    return {
      temporal,
      startWorkflow: (namespace, id) => caller.startWorkflow(namespace, id),
      listWorkflows: (namespace) => caller.listWorkflows(namespace),
      makeForeign: (namespace) => caller.makeNamespace(namespace),
      dispose: () => server.dispose(),
    };
  });

  describe('whose server comes and goes', { timeout: 120_000 }, () => {
    let server: InfraServer;
    beforeAll(async () => {
      server = await InfraServer.create();
    });
    afterAll(() => server.dispose());

    it('is not there, there with what it has, and away, which is never nothing', async () => {
      const [temporal, web] = [server.temporal(), server.web()];
      const how = { waits: true, worktrees: folders };
      const read = async () => (await web.read([{ name: 'worktree-a', owner }], signal)).get('worktree-a');
      expect(await temporal.reach('worktree-a', how, signal)).toBe('There is no service temporal-frontend in infra');
      await expect(temporal.remove('worktree-a', owner, signal)).rejects.toMatchObject({ code: 'unreachable' });
      const silent = { state: 'untold', why: `the web interface of Temporal (${name}) does not answer` };
      expect(await read()).toEqual(silent);
      server.start();
      await temporal.connect(folders, signal);
      await temporal.register('worktree-a', owner, signal);
      await new TemporalCaller(program, `127.0.0.1:${server.port}`, server.home).startWorkflow('worktree-a', 'one');
      await until(async () => {
        const news = await read();
        return news?.state === 'told' && news.running === 1;
      }, 30_000);
      // A port of this process is no page for a browser.
      expect(await read()).toEqual({ state: 'told', running: 1, failed: 0 });
      expect(await temporal.owners('worktree-a', signal)).toEqual([owner]);
      await server.stop();
      expect(await read()).toEqual(silent);
      const away = `Temporal does not answer at ${name}`;
      expect(await temporal.reach('worktree-a', how, signal)).toBe(away);
      await expect(temporal.remove('worktree-a', owner, signal)).rejects.toMatchObject({
        ...{ code: 'unreachable', message: `The namespace worktree-a in Temporal cannot be deleted: ${away}.` },
      });
      expect(await temporal.remove('worktree-a', owner, signal, true)).toBe(away);
    });
  });
});
