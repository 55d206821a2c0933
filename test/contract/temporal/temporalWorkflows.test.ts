import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createWebServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { keepTemporal } from '../../../packages/cluster/src/temporal/keepTemporal';
import { TemporalServer } from '../../../src/adapters/temporal/temporalServer';
import { TemporalWeb } from '../../../src/adapters/temporal/temporalWeb';
import { cliMachine } from '../../support/cliMachine';
import { FakeTemporalWorkflows } from '../../support/fakes/fakeTemporalWorkflows';
import { TemporalCaller } from '../../support/temporalWorld';
import { programVersion } from '../../support/toolVersions';
import { until } from '../../support/until';
import { obtainedProgram, usedProgram } from '../../support/usedPrograms';
import { verifies } from '../../support/verified';
import { temporalWorkflowsContract } from './temporalWorkflowsContract';

const program = usedProgram('temporal') ?? '';
const signal = new AbortController().signal;
const owner = { repositoryId: 'aaaaaaaaaaaa', worktreeId: '111111111111' };

temporalWorkflowsContract('the fake', async () => {
  const workflows = new FakeTemporalWorkflows();
  const held = (namespace: string) => {
    const found = workflows.held.get(namespace);
    if (!found) throw new Error(`Namespace ${namespace} is not found.`);
    return found;
  };
  const empty = { running: 0, failed: 0 };
  return {
    workflows,
    register: async (namespace, by) => void workflows.held.set(namespace, { owner: by, ...empty }),
    makeForeign: async (namespace) => void workflows.held.set(namespace, { owner: 'foreign', ...empty }),
    start: async (namespace) => void held(namespace).running++,
    startLate: async (namespace) => void held(namespace).failed++,
    end: async (namespace) => void held(namespace).running--,
    stop: async () => void (workflows.isAway = true),
    dispose: async () => undefined,
  };
});

it.runIf(process.env['CI'])('there is a server to try', () => {
  expect(program).not.toBe('');
});

describe.skipIf(program === '')('the web interface of a real server', () => {
  verifies('Temporal', () => programVersion(program), {
    obtained: obtainedProgram(program),
    asked: 'its web interface and the counts of workflows',
  });

  temporalWorkflowsContract('the server that the cluster runs', async () => {
    const home = await mkdtemp(join(tmpdir(), 'coppice-temporal-'));
    const address = `127.0.0.1:${await cliMachine.freePort()}`;
    const settings = () => ({ 'temporal.address': address, 'temporal.path': '', 'temporal.ui': '' });
    const env = { PATH: [dirname(program), process.env['PATH']].join(delimiter), HOME: home };
    const server = new TemporalServer({ home, settings, env });
    const watch = { add: () => undefined, remove: () => undefined };
    let end: (() => Promise<void>) | undefined = keepTemporal({ home, watch, log: () => undefined });
    const stop = async (): Promise<void> => {
      await end?.();
      end = undefined;
    };
    await server.connect([], signal);
    const caller = new TemporalCaller(program, address, home);
    const workflows = new TemporalWeb({ home, settings });
    // Its pages come up a moment after it.
    await until(async () => {
      const told = await workflows.read([{ name: 'none', owner }], signal);
      return told.get('none')?.state === 'missing';
    }, 30_000);
    const late = ['--type=t', '--task-queue=q', '--execution-timeout=1s'];
    return {
      workflows,
      register: async (namespace, by) => void (await server.register(namespace, by, signal)),
      makeForeign: (namespace) => caller.makeNamespace(namespace),
      start: (namespace, id) => caller.startWorkflow(namespace, id),
      startLate: async (namespace, id) =>
        void (await caller.call('workflow', 'start', '--namespace', namespace, '--workflow-id', id, ...late)),
      end: async (namespace, id) =>
        void (await caller.call('workflow', 'terminate', '--namespace', namespace, '--workflow-id', id)),
      stop,
      dispose: async () => {
        await stop();
        await rm(home, { recursive: true, force: true });
      },
    };
  });

  it('has its pages where people look for them, or elsewhere where that is taken, and at the same place again', async () => {
    const home = await mkdtemp(join(tmpdir(), 'coppice-temporal-'));
    const port = await portWithPages();
    const [taken, usual] = [await listenAt(port + 1000), port + 1000];
    const settings = () => ({ 'temporal.address': `127.0.0.1:${port}`, 'temporal.path': '', 'temporal.ui': '' });
    const env = { PATH: [dirname(program), process.env['PATH']].join(delimiter), HOME: home };
    const server = new TemporalServer({ home, settings, env });
    const watch = { add: () => undefined, remove: () => undefined };
    const pageOf = async (): Promise<string> => {
      const web = new TemporalWeb({ home, settings });
      let page = '';
      await until(async () => {
        const news = (await web.read([{ name: 'worktree-a', owner }], signal)).get('worktree-a');
        if (news?.state === 'told') page = news.page ?? '';
        return page !== '';
      }, 30_000);
      const { ok, headers } = await fetch(page);
      expect([ok, headers.get('content-type')]).toEqual([true, expect.stringContaining('text/html')]);
      return page;
    };
    let end = keepTemporal({ home, watch, log: () => undefined });
    try {
      await server.connect([], signal);
      await server.register('worktree-a', owner, signal);
      const page = await pageOf();
      expect(page).not.toContain(`:${usual}/`);
      await end();
      await new Promise((resolve) => taken.close(resolve));
      end = keepTemporal({ home, watch, log: () => undefined });
      expect(await pageOf()).toBe(page);
      await end();
      await rm(join(home, 'temporal', 'pages.json'));
      end = keepTemporal({ home, watch, log: () => undefined });
      expect(await pageOf()).toBe(`http://127.0.0.1:${usual}/namespaces/worktree-a/workflows`);
    } finally {
      await end();
      taken.close();
      await rm(home, { recursive: true, force: true });
    }
  }, 120_000);
});

describe('a server of the person’s own', () => {
  const servers: Server[] = [];
  let home: string | undefined;
  afterEach(async () => {
    for (const server of servers.splice(0)) server.close();
    if (home !== undefined) await rm(home, { recursive: true, force: true });
  });
  const newsAt = async (address: string, ui: string, patienceMs = 3_000) => {
    home ??= await mkdtemp(join(tmpdir(), 'coppice-temporal-'));
    const web = new TemporalWeb({
      ...{ home, patienceMs },
      settings: () => ({ 'temporal.address': address, 'temporal.ui': ui }),
    });
    return (await web.read([{ name: 'worktree-a', owner }], signal)).get('worktree-a');
  };
  const listening = async (): Promise<string> => {
    const server = await listenAt(0);
    servers.push(server);
    return `127.0.0.1:${portOf(server)}`;
  };

  it('is asked at the address that the setting names, below whatever path it is', async () => {
    const asked: (string | undefined)[] = [];
    const namespaceInfo = {
      name: 'worktree-a',
      data: { coppiceRepository: owner.repositoryId, coppiceWorktree: owner.worktreeId },
    };
    const group = (state: string, count: string) => ({
      groupValues: [{ data: Buffer.from(JSON.stringify(state)).toString('base64') }],
      count,
    });
    const groups = [group('Running', '3'), group('Failed', '2'), group('Completed', '40'), group('TimedOut', '1')];
    const web = createWebServer((request, response) => {
      asked.push(request.url);
      const path = new URL(request.url ?? '', 'http://x').pathname.replace('/ui/api/v1/', '');
      const answers: Record<string, object> = {
        'cluster-info': { clusterId: 'c' },
        'namespaces/worktree-a': { namespaceInfo },
        'namespaces/worktree-a/workflow-count': { count: '46', groups },
      };
      response.statusCode = answers[path] ? 200 : 404;
      response.end(JSON.stringify(answers[path] ?? {}));
    });
    servers.push(web);
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${portOf(web)}/ui`;
    expect(await newsAt('temporal.example.com:7233', `${base}/`)).toEqual({
      ...{ state: 'told', running: 3, failed: 3 },
      page: `${base}/namespaces/worktree-a/workflows`,
    });
    expect(asked).toHaveLength(3);
  });

  it('whose pages are nowhere may well work: nothing is said of its workflows', async () => {
    const news = await newsAt(await listening(), '');
    expect(news).toMatchObject({ state: 'untold', why: expect.stringContaining('coppice.temporal.ui') as unknown });
  });

  it('whose pages say nothing is given up in time', async () => {
    // It takes connections and answers nothing.
    const silent = await listening();
    const news = await newsAt(silent, `http://${silent}`, 300);
    expect(news?.state).toBe('untold');
  });

  it.each(['file:///etc', 'nowhere', 'javascript:alert(1)'])('has no pages at %s', async (ui) => {
    expect(await newsAt(await listening(), ui)).toMatchObject({
      ...{ state: 'untold', why: expect.stringContaining('is not known') as unknown },
    });
  });

  it('is not taken for Coppice’s own, whose pages are elsewhere', async () => {
    const address = await listening();
    const port = Number(address.split(':')[1]);
    home = await mkdtemp(join(tmpdir(), 'coppice-temporal-'));
    await mkdir(join(home, 'temporal'));
    const wanted = { program: '/x', host: '127.0.0.1', port, isOurs: false };
    await writeFile(join(home, 'temporal', 'server.json'), JSON.stringify(wanted));
    await writeFile(join(home, 'temporal', 'pages.json'), JSON.stringify({ port: 1 }));
    const news = await newsAt(address, '');
    expect(news).toMatchObject({ why: expect.stringContaining(`http://127.0.0.1:${port + 1000}:`) as unknown });
    expect(await readFile(join(home, 'temporal', 'pages.json'), 'utf8')).toBe('{"port":1}');
  });
});

function listenAt(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** One with another that is free where Temporal's own program has its pages. */
async function portWithPages(): Promise<number> {
  for (;;) {
    const port = await cliMachine.freePort();
    const server = port < 64_000 ? await listenAt(port + 1000).catch(() => undefined) : undefined;
    if (!server) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}
