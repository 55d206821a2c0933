import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCluster, type TestCluster } from '../../support/embeddedCluster';
import {
  containerWhen,
  createNamespace,
  deploy,
  eventsOf,
  expectStatus,
  logOf,
  makeFolder,
  podsOf,
} from '../../support/services';
import { isAlive, until } from '../../support/until';
import { isRunning, podCalls, waitsFor } from './podCalls';
import { podPrograms } from './podPrograms';

let cluster: TestCluster;
let folder: Awaited<ReturnType<typeof makeFolder>>;
const ns = 'pods';

beforeAll(async () => {
  folder = await makeFolder(podPrograms);
  cluster = await startTestCluster();
  await createNamespace(cluster, ns);
});
afterAll(async () => {
  await cluster.dispose();
  await folder.remove();
});

const { run, when, remove, environmentOf } = podCalls(() => ({ cluster, folder: folder.path }), ns);

describe('a container', () => {
  it('is a process in the folder, with the environment that Kubernetes would make and a PORT of its own', async () => {
    const data = { word: Buffer.from('secret').toString('base64') };
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'words', namespace: ns }, data };
    await expectStatus(cluster, 201, 'POST', `/api/v1/namespaces/${ns}/secrets`, secret);
    process.env['COPPICE_TEST_LEAK'] = 'leaked';
    await run('env', ['node'], {
      args: ['env.cjs', 'hello $(WORD)', '$$(WORD)'],
      port: 3000,
      env: [
        { name: 'WORD', valueFrom: { secretKeyRef: { name: 'words', key: 'word' } } },
        { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      ],
    });
    const { env, cwd, args } = await environmentOf('env');
    const [pod] = await podsOf(cluster, ns, 'env');
    expect(cwd).toBe(folder.path);
    expect(args).toEqual(['hello secret', '$(WORD)']);
    expect(env).toMatchObject({ WORD: 'secret', POD: pod?.metadata.name });
    // A pod's name resolves to nothing here, and there are servers that listen at HOSTNAME.
    expect(env).not.toHaveProperty('HOSTNAME');
    // That of a Docker link would stand over a program's own setting of that name.
    expect(Object.entries(env).filter(([, value]) => /^tcp:/.test(value))).toEqual([]);
    expect(env['PORT']).toMatch(/^\d{5}$/);
    expect(env['ENV_SERVICE_HOST']).toBe('127.0.0.1');
    expect(env['PATH']).toBe(process.env['PATH']);
    expect(env).not.toHaveProperty('COPPICE_HOME');
    expect(env).not.toHaveProperty('VITEST');
    await remove('env');
  });

  it.runIf(process.getuid?.() === 0)(
    'runs as the user of its security context, in a folder of its own where none is given',
    async () => {
      const securityContext = { runAsUser: 12_345, runAsGroup: 23_456 };
      await run('user', ['sh', '-c', 'id -u; id -g; touch here && pwd; sleep 60'], {
        folder: '',
        container: { securityContext },
        pod: { securityContext: { runAsUser: 1 } },
      });
      const { pod } = await when('user', isRunning);
      const text = await until(async () => {
        const found = await logOf(cluster, ns, pod);
        return found.split('\n').length > 3 ? found : undefined;
      });
      expect(text).toMatch(/^12345\n23456\n.*coppice-pod-\w+\n$/);
      await remove('user');
      await until(() => !existsSync(text.split('\n')[2] ?? ''));
    },
  );

  it.each(['x', 'x:latest', 'registry.example.com:5000/a/b@sha256:' + '0'.repeat(64)])(
    'runs whatever its image is called: %s',
    async (image) => {
      for (const imagePullPolicy of ['Always', 'IfNotPresent', 'Never']) {
        const name = `image-${imagePullPolicy.toLowerCase()}`;
        await run(name, ['node', 'env.cjs'], { container: { image, imagePullPolicy } });
        await when(name, isRunning);
        await remove(name);
        await until(async () => (await podsOf(cluster, ns, name)).length === 0);
      }
    },
  );

  it('runs several times, each on a port of its own', async () => {
    await run('many', ['node', 'server.cjs'], {
      port: 3000,
      replicas: 3,
      container: { readinessProbe: { tcpSocket: { port: 3000 }, periodSeconds: 1 } },
    });
    const pods = await until(async () => {
      const all = await podsOf(cluster, ns, 'many');
      return all.length === 3 && all.every(({ status }) => status.containerStatuses?.[0]?.ready) ? all : undefined;
    });
    const logs = await Promise.all(pods.map((pod) => logOf(cluster, ns, pod.metadata.name)));
    expect(new Set(logs).size).toBe(3);
    const status = await expectStatus(cluster, 200, 'GET', `/apis/apps/v1/namespaces/${ns}/deployments/many`);
    expect(status['status']).toMatchObject({ replicas: 3, readyReplicas: 3, availableReplicas: 3, updatedReplicas: 3 });
    await remove('many');
  });
});

it.runIf(process.platform === 'linux')('what a pod uses is measured', async () => {
  const program = 'const held = Buffer.alloc(150e6, 1); setInterval(() => held.length, 1000); console.log("holds")';
  await run('hungry', ['node', '-e', program]);
  const { pod } = await when('hungry', isRunning);
  await until(async () => (await logOf(cluster, ns, pod)).includes('holds'));
  const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${ns}/pods/${pod}`;
  const { containers } = await expectStatus(cluster, 200, 'GET', path);
  const [usage]: { name?: string; usage?: { memory: string; cpu: string } }[] = Array.isArray(containers)
    ? containers
    : [];
  expect(usage?.name).toBe('main');
  const kibibytes = Number(/^(\d+)Ki$/.exec(usage?.usage?.memory ?? '')?.[1]);
  expect(kibibytes).toBeGreaterThan(150e6 / 1024);
  expect(kibibytes).toBeLessThan(500e6 / 1024);
  await remove('hungry');
});

describe('a container that cannot run', () => {
  it('waits in CrashLoopBackOff after it failed, with the exit code, the times and the count', async () => {
    const terminationMessagePolicy = 'FallbackToLogsOnError';
    await run('crash', ['node', 'crash.cjs', '3'], { container: { terminationMessagePolicy } });
    const container = await when('crash', waitsFor('CrashLoopBackOff'));
    expect(container.state.waiting?.message).toMatch(
      /^back-off 10s restarting failed container=main pod=crash-.*_pods\(/,
    );
    expect(container.restartCount).toBe(1);
    const ended = container.lastState?.terminated;
    expect(ended).toMatchObject({ exitCode: 3, reason: 'Error' });
    expect(ended?.message).toBe('about to fail\nthe reason\n');
    expect(Date.parse(ended?.finishedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(ended?.startedAt ?? ''));
    const events = await eventsOf(cluster, ns, container.pod);
    for (const reason of ['Scheduled', 'Pulled', 'Created', 'Started', 'BackOff']) {
      expect(events.some((event) => event.startsWith(`${reason}:`))).toBe(true);
    }
    const [pod] = await podsOf(cluster, ns, 'crash');
    expect(pod?.status.phase).toBe('Running');
    expect(pod?.status.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('False');
    expect(await logOf(cluster, ns, container.pod)).toContain('the reason');
    expect(await logOf(cluster, ns, container.pod, '?previous=true')).toContain('the reason');

    // A new template does not wait for the back-off of the old one.
    await writeFile(join(folder.path, 'crash.cjs'), 'console.log("mended"); setInterval(() => {}, 1000);');
    const template = { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() } } };
    const path = `/apis/apps/v1/namespaces/${ns}/deployments/crash`;
    await expectStatus(cluster, 200, 'PATCH', path, { spec: { template } }, 'application/strategic-merge-patch+json');
    const fresh = await when('crash', ({ ready }) => ready, 5000);
    expect(fresh.pod).not.toBe(container.pod);
    expect(fresh.restartCount).toBe(0);
    await until(async () => (await podsOf(cluster, ns, 'crash')).length === 1);
    await remove('crash');
    await writeFile(join(folder.path, 'crash.cjs'), podPrograms['crash.cjs']);
  });

  it('is restarted when its back-off is over, and recovers when the code is mended meanwhile', async () => {
    const program = join(folder.path, 'mend.cjs');
    await writeFile(program, 'process.exit(1)');
    await run('mend', ['node', 'mend.cjs']);
    await when('mend', waitsFor('CrashLoopBackOff'));
    await writeFile(program, 'setInterval(() => {}, 1000);');
    const container = await when('mend', isRunning, 20_000);
    expect(container.restartCount).toBe(2);
    expect(container.lastState?.terminated).toMatchObject({ exitCode: 1 });
    await remove('mend');
  });

  it.runIf(process.platform !== 'win32')('does not look as if it ran when it fails at once at a restart', async () => {
    await run('flash', ['sh', '-c', 'sleep 0.3; exit 1']);
    const states: string[] = [];
    await when('flash', ({ state, restartCount }) => {
      if (restartCount > 0) states.push(...Object.keys(state));
      return restartCount > 0 && state.waiting?.reason === 'CrashLoopBackOff';
    });
    expect(states).not.toContain('running');
    await remove('flash');
  });

  it('tells that there is no such program', async () => {
    await run('missing', ['no-such-program-here']);
    const container = await when('missing', ({ state, lastState }) => Boolean(state.waiting && lastState?.terminated));
    expect(['RunContainerError', 'CrashLoopBackOff']).toContain(container.state.waiting?.reason);
    expect(container.lastState?.terminated).toMatchObject({ exitCode: 128, reason: 'StartError' });
    expect(container.lastState?.terminated?.message).toContain(
      'exec: "no-such-program-here": executable file not found in $PATH',
    );
    await remove('missing');
  });

  it('tells that its folder is gone', async () => {
    await deploy(cluster, ns, 'gone', { folder: '/no/such/folder', command: ['node', 'x'] });
    const container = await when('gone', ({ lastState }) => lastState?.terminated !== undefined);
    expect(container.lastState?.terminated?.message).toContain(
      'chdir to cwd ("/no/such/folder"): no such file or directory',
    );
    await remove('gone');
  });

  it('tells which Secret or key is missing, and starts once it is there', async () => {
    const env = [{ name: 'X', valueFrom: { secretKeyRef: { name: 'later', key: 'k' } } }];
    await run('config', ['node', 'env.cjs'], { env });
    const container = await when('config', waitsFor('CreateContainerConfigError'));
    expect(container.state.waiting?.message).toBe('secret "later" not found');
    expect(await eventsOf(cluster, ns, container.pod)).toContain('Failed: Error: secret "later" not found');
    const body = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'later', namespace: ns },
      stringData: { k: 'v' },
    };
    await expectStatus(cluster, 201, 'POST', `/api/v1/namespaces/${ns}/secrets`, body);
    await when('config', isRunning, 25_000);
    await remove('config');
  });

  it('says what to do when there is an image and no command', async () => {
    await run('image', []);
    const container = await when('image', waitsFor('CreateContainerConfigError'));
    expect(container.state.waiting?.message).toContain('the embedded cluster runs commands, not images');
    await remove('image');
  });
});

describe('probes', () => {
  it('ask as soon as the process listens, not a period later', async () => {
    const readinessProbe = { httpGet: { port: 3000, path: '/healthz' }, periodSeconds: 3600 };
    await run('prompt', ['node', 'server.cjs'], {
      port: 3000,
      container: { readinessProbe },
      env: [{ name: 'NAME', value: 'prompt' }],
    });
    await when('prompt', ({ ready }) => ready);
    await remove('prompt');
  });

  it('do not take for ready whom another program answers for', async () => {
    const readinessProbe = { httpGet: { port: 3000, path: '/' }, periodSeconds: 1 };
    const program = `require('node:http').createServer().listen(0, function () {
      console.log(JSON.stringify([this.address().port, Number(process.env.PORT)]));
    })`;
    await run('deaf', ['node', '-e', program], { port: 3000, container: { readinessProbe } });
    const { pod } = await when('deaf', isRunning);
    const [own, given]: number[] = JSON.parse(await until(() => logOf(cluster, ns, pod)));
    const other = createServer((_, answer) => void answer.end('somebody else')).listen(given, '127.0.0.1');
    const said = `Unhealthy: Readiness probe failed: listens on ${own}, not on its PORT ${given}, where another program answers`;
    await until(async () => (await eventsOf(cluster, ns, pod)).includes(said), 20_000);
    await when('deaf', ({ ready }) => !ready);
    await new Promise((resolve) => other.close(resolve));
    await remove('deaf');
  });

  it('make a pod ready, and unready when its process says so', async () => {
    const readinessProbe = { httpGet: { port: 3000, path: '/healthz' }, periodSeconds: 1, failureThreshold: 1 };
    await run('ready', ['node', 'server.cjs'], {
      port: 3000,
      container: { readinessProbe },
      env: [{ name: 'NAME', value: 'ready' }],
    });
    const { pod } = await when('ready', ({ ready }) => ready);
    await writeFile(join(folder.path, 'ready.sick'), '');
    await when('ready', (container) => !container.ready && isRunning(container));
    const events = await until(async () => {
      const all = await eventsOf(cluster, ns, pod);
      return all.some((event) => event.startsWith('Unhealthy')) ? all : undefined;
    });
    expect(events).toContain('Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 500');
    await remove('ready');
  });

  it('restart a container that is no longer alive', async () => {
    const probe = { httpGet: { port: 3000, path: '/healthz' }, periodSeconds: 1, failureThreshold: 1 };
    const startupProbe = { tcpSocket: { port: 3000 }, periodSeconds: 1 };
    const env = [{ name: 'NAME', value: 'live' }];
    await run('live', ['node', 'server.cjs'], { port: 3000, container: { livenessProbe: probe, startupProbe }, env });
    const { pod } = await when('live', ({ ready }) => ready);
    await writeFile(join(folder.path, 'live.sick'), '');
    const container = await when('live', ({ restartCount }) => restartCount > 0, 15_000);
    expect(container.pod).toBe(pod);
    const events = await eventsOf(cluster, ns, pod);
    expect(events.some((event) => event.startsWith('Unhealthy: Liveness probe failed'))).toBe(true);
    expect(events.some((event) => event.startsWith('Killing:'))).toBe(true);
    await remove('live');
  });

  it('end nothing that starts slowly, while the startup probe has time', async () => {
    const httpGet = { path: '/', port: 3000 };
    const program = `setTimeout(() => require('node:http').createServer((_, answer) => answer.end()).listen(process.env.PORT), 2500)`;
    const container = {
      startupProbe: { httpGet, periodSeconds: 1, failureThreshold: 30 },
      livenessProbe: { httpGet, periodSeconds: 1, failureThreshold: 1 },
      readinessProbe: { httpGet, periodSeconds: 1 },
    };
    await run('late', ['node', '-e', program], { port: 3000, container });
    const { restartCount } = await when('late', ({ ready }) => ready, 15_000);
    expect(restartCount).toBe(0);
    await remove('late');
  });

  it('run commands', async () => {
    const command = ['node', '-e', 'process.exit(require("node:fs").existsSync("exec.ready") ? 0 : 1)'];
    const readinessProbe = { exec: { command }, periodSeconds: 1, timeoutSeconds: 5 };
    await run('exec', ['node', 'signals.cjs'], {
      container: { readinessProbe },
      env: [{ name: 'NAME', value: 'exec' }],
    });
    const { pod } = await when('exec', isRunning);
    await until(async () =>
      (await eventsOf(cluster, ns, pod)).some((event) => event.startsWith('Unhealthy: Readiness')),
    );
    await writeFile(join(folder.path, 'exec.ready'), '');
    await when('exec', ({ ready }) => ready);
    await remove('exec');
  });
});

describe('the end of a pod', () => {
  const signalOf = (name: string): Promise<string> =>
    readFile(join(folder.path, `${name}.signal`), 'utf8').catch(() => '');
  const pidOf = async (name: string): Promise<number> => {
    const { pod } = await when(name, isRunning);
    return until(async () => Number(/pid (\d+)/.exec(await logOf(cluster, ns, pod))?.[1] ?? 0));
  };
  const env = (name: string) => [{ name: 'NAME', value: name }];

  it('begins with SIGTERM', async () => {
    await run('polite', ['node', 'signals.cjs'], { env: env('polite') });
    const pid = await pidOf('polite');
    await remove('polite');
    await until(() => !isAlive(pid));
    expect(await signalOf('polite')).toBe('SIGTERM');
  });

  it('begins with the signal that the container asks for', async () => {
    await run('other', ['node', 'signals.cjs'], {
      env: env('other'),
      container: { lifecycle: { stopSignal: 'SIGINT' } },
    });
    const pid = await pidOf('other');
    await remove('other');
    await until(() => !isAlive(pid));
    expect(await signalOf('other')).toBe('SIGINT');
  });

  it('is forced when the grace period is over', async () => {
    await run('stubborn', ['node', 'signals.cjs', 'stubborn'], { env: env('stubborn') });
    const pid = await pidOf('stubborn');
    await remove('stubborn');
    await until(() => signalOf('stubborn'));
    expect(isAlive(pid)).toBe(true);
    // Until then the pod is there, on its way out.
    const path = `/api/v1/namespaces/${ns}/pods?labelSelector=app%3Dstubborn`;
    expect(await expectStatus(cluster, 200, 'GET', path)).toMatchObject({
      items: [{ metadata: { deletionGracePeriodSeconds: 2, deletionTimestamp: expect.any(String) } }],
    });
    await until(() => !isAlive(pid), 5000);
    await until(async () => JSON.stringify(await expectStatus(cluster, 200, 'GET', path)).includes('"items":[]'));
  });

  it('comes with the end of its namespace, and its log goes too', async () => {
    await createNamespace(cluster, 'short');
    await deploy(cluster, 'short', 'app', { folder: folder.path, command: ['node', 'signals.cjs'], env: env('short') });
    const { pod } = await containerWhen(cluster, 'short', 'app', isRunning);
    const pid = await until(async () => Number(/pid (\d+)/.exec(await logOf(cluster, 'short', pod))?.[1] ?? 0));
    await expectStatus(cluster, 200, 'DELETE', '/api/v1/namespaces/short');
    await until(async () => (await cluster.api('GET', '/api/v1/namespaces/short')).status === 404);
    expect(isAlive(pid)).toBe(false);
    const { readdir } = await import('node:fs/promises');
    await until(async () => !(await readdir(join(cluster.folder, 'logs'))).some((name) => name.startsWith('short_')));
  });
});
