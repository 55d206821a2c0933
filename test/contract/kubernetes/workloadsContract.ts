import { createServer, request as httpRequest } from 'node:http';
import { connect as connectTo, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KubernetesCluster } from '../../../src/adapters/kubernetes/kubernetesCluster';
import { KubernetesWorkloads } from '../../../src/adapters/kubernetes/workloads/kubernetesWorkloads';
import { isAbort } from '../../../src/core/errors';
import type { PodFacts } from '../../../src/core/facts';
import type { Execution, ExecRequest, PortForward } from '../../../src/core/ports/workloads';
import { whileEndingPods } from '../../support/endPods';
import { silentLog } from '../../support/kubernetesHarness';
import type { Place } from '../../support/place';
import { until } from '../../support/until';
import { expectRunsApart, followRuns } from './followedRuns';

/** Answers with who it is, or with what it was sent; at /big with as many bytes as it was asked for. */
const server = `
require('node:http').createServer((request, response) => {
  if (request.url.startsWith('/big')) return response.end(Buffer.alloc(Number(request.url.split('?')[1]), 7));
  if (request.method === 'POST') return request.pipe(response);
  response.end(process.env.POD);
}).listen(Number(process.env.PORT), () => console.log('listening'));`;

interface Ran {
  readonly execution: Execution;
  readonly stdout: () => string;
  readonly stderr: () => string;
}

/** What is done with services: the same on the embedded cluster and on any Kubernetes. */
export function workloadsContract(title: string, makePlace: () => Promise<Place>): void {
  describe(`Workloads: ${title}`, { timeout: 120_000 }, () => {
    const mark = Math.random().toString(16).slice(2, 8).padEnd(6, '0');
    const owner = { repositoryId: `aa${mark}`, worktreeId: `bb${mark}` };
    const other = { ...owner, worktreeId: `cc${mark}` };
    const namespace = `worktree-workloads-${mark}`;
    const forwards: PortForward[] = [];
    let place: Place;
    let cluster: KubernetesCluster;
    let workloads: KubernetesWorkloads;
    let crashes: ReturnType<typeof followRuns>;
    const pods = async (service: string): Promise<readonly PodFacts[]> => {
      const [found] = await cluster.read(owner.repositoryId);
      return (found?.pods ?? []).filter((pod) => pod.service === service && !pod.isDeleting);
    };
    const isReady = async (service: string, count = 1): Promise<boolean> => {
      const found = await pods(service);
      return found.length === count && found.every((pod) => pod.isReady);
    };
    const run = async (name: string, script: string, port?: number, isProbed = true): Promise<void> => {
      const body = deployment(place, owner, name, script, port, isProbed);
      const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
      await cluster.connection.json({ method: 'POST', path, body, verb: 'create', resource: name });
    };
    const exec = async (request: Partial<ExecRequest>, signal?: AbortSignal): Promise<Ran> => {
      const printed = { stdout: '', stderr: '' };
      const onOutput = (data: Uint8Array, stream: 'stdout' | 'stderr'): void => {
        printed[stream] += Buffer.from(data).toString();
      };
      const whole = { command: [], stdin: false, tty: undefined, onOutput, ...request };
      const execution = await workloads.exec(namespace, 'web', whole, owner, signal);
      return { execution, stdout: () => printed.stdout, stderr: () => printed.stderr };
    };
    const node = (script: string, ...args: string[]): string[] => [place.node, '-e', script, ...args];
    const forward = async (port?: number): Promise<PortForward> => {
      const made = await workloads.forward(namespace, 'web', { port }, owner);
      forwards.push(made);
      return made;
    };

    beforeAll(async () => {
      place = await makePlace();
      const { kubeconfig } = place;
      cluster = new KubernetesCluster({ identity: { kind: 'context' }, kubeconfig, log: silentLog });
      workloads = new KubernetesWorkloads(cluster.connection);
      await cluster.claimNamespace({ name: namespace, owner, annotations: {} });
      await run('web', server, 3000);
      await run('crashing', 'console.log("about to fail " + Date.now()); process.exit(3)');
      crashes = followRuns(workloads, namespace, 'crashing');
      await until(() => isReady('web'), 60_000);
    }, 90_000);
    afterAll(async () => {
      for (const made of forwards) made.dispose();
      await whileEndingPods(place, namespace, cluster.deleteNamespace(namespace, owner));
      await place.dispose();
    }, 120_000);

    describe('exec', () => {
      test('runs a program with just these arguments; output and exit code are its own', async () => {
        const hostile = ['$(id)', '`id`', 'a b', '"\'', '{{.}}', '&|;', '*', '', 'ä\n'];
        const script = 'console.log(JSON.stringify(process.argv.slice(1))); console.error("and this"); process.exit(3)';
        const { execution, stdout, stderr } = await exec({ command: node(script, '--', ...hostile) });
        expect(await execution.exited).toBe(3);
        expect(JSON.parse(stdout())).toEqual(hostile);
        expect(stderr()).toBe('and this\n');
        expect((await pods('web')).map(({ name }) => name)).toContain(execution.pod);
      });

      test("is in the container's place, with its environment", async () => {
        const script = 'console.log(JSON.stringify([process.env.OWN, process.env.POD]))';
        const { execution, stdout } = await exec({ command: node(script) });
        expect(await execution.exited).toBe(0);
        expect(JSON.parse(stdout())).toEqual(['value of its own', execution.pod]);
      });

      test('gets what is written, in order', async () => {
        const script =
          'let all = ""; process.stdin.on("data", (d) => { all += d; if (all.endsWith("end")) { console.log(all.length, all.slice(0, 9)); process.exit(0); } })';
        const { execution, stdout } = await exec({ command: node(script), stdin: true });
        await execution.write(Buffer.from('beginning'));
        for (let i = 0; i < 50; i++) await execution.write(Buffer.alloc(10_000, 'x'));
        await execution.write(Buffer.from('end'));
        expect(await execution.exited).toBe(0);
        expect(stdout()).toBe('500012 beginning\n');
      });

      test('prints no faster than it is read, and nothing is lost', async () => {
        let size = 0;
        const onOutput = async (data: Uint8Array): Promise<void> => {
          size += data.length;
          await new Promise(setImmediate);
        };
        const script = 'for (let i = 0; i < 40; i++) process.stdout.write(Buffer.alloc(100_000, 65))';
        const { execution } = await exec({ command: node(script), onOutput });
        expect(await execution.exited).toBe(0);
        expect(size).toBe(4_000_000);
      });

      test('says that there is no such program', async () => {
        const { execution } = await exec({ command: ['no-such-program'] });
        // Docker tells it by an exit code of its own, other runtimes as a failure.
        const outcome: unknown = await execution.exited.catch((error: unknown) => error);
        if (outcome !== 126) {
          expect(outcome).toMatchObject({
            code: 'failed',
            message: 'The program "no-such-program" could not be run in the container.',
          });
        }
      });

      test('ends when it is ended', async () => {
        const cancel = new AbortController();
        const command = node('console.log("runs"); setInterval(() => {}, 1000)');
        const aborted = await exec({ command }, cancel.signal);
        await until(() => aborted.stdout() === 'runs\n');
        cancel.abort();
        await expect(aborted.execution.exited).rejects.toSatisfy(isAbort);
        const disposed = await exec({ command });
        await until(() => disposed.stdout() === 'runs\n');
        disposed.execution.dispose();
        await expect(disposed.execution.exited).rejects.toSatisfy(isAbort);
        await expect(exec({ command }, AbortSignal.abort())).rejects.toSatisfy(isAbort);
      });

      test('in a terminal, what is typed is shown, lines begin at the left, and Ctrl-C interrupts', async () => {
        const script =
          'process.stdin.on("data", (d) => console.log("got " + JSON.stringify(String(d)))); console.log("ready")';
        const tty = { columns: 80, rows: 24 };
        const { execution, stdout } = await exec({ command: node(script), stdin: true, tty });
        await until(() => stdout() === 'ready\r\n');
        await execution.write(Buffer.from('helo\u007flo ä\r'));
        await until(() => stdout().includes('got'));
        expect(stdout().replace(/o\b \bl/, 'l')).toMatch(/^ready\r\nhel.*lo ä\r\ngot "hello ä\\n"\r\n$/s);
        execution.resize({ columns: 100, rows: 30 });
        await execution.write(Buffer.from('\u0003'));
        expect(await execution.exited).toBe(130);
      });

      test('is refused to anybody but the owner, and where there is nothing to get into', async () => {
        const request: ExecRequest = { command: ['x'], stdin: false, tty: undefined, onOutput: () => undefined };
        await expect(workloads.exec(namespace, 'web', request, other)).rejects.toMatchObject({ code: 'conflict' });
        await expect(workloads.exec(namespace, 'nothing', request, owner)).rejects.toMatchObject({ code: 'notFound' });
      });
    });

    describe('forward', () => {
      test('leads a local port to the pod, for several connections at once', async () => {
        const made = await forward();
        expect(made).toMatchObject({ namespace, service: 'web', port: 3000 });
        const [pod] = await pods('web');
        const answers = await Promise.all([1, 2, 3, 4, 5].map(() => get(made.localPort, '/')));
        expect(answers.map(String)).toEqual(Array(5).fill(pod?.name));
        expect((await get(made.localPort, '/big?3000000')).length).toBe(3_000_000);
        const sent = Buffer.alloc(1_000_000, 'abcdefghij');
        expect((await get(made.localPort, '/echo', sent)).equals(sent)).toBe(true);
      });

      test('outlives the pod: the next connection goes to the one that is ready then', async () => {
        const made = await forward(3000);
        const [before] = await pods('web');
        expect(String(await get(made.localPort, '/'))).toBe(before?.name);
        await workloads.restart(namespace, 'web', owner);
        const after = await until(async () => {
          const [pod, ...more] = await pods('web');
          return pod?.isReady && more.length === 0 && pod.name !== before?.name ? pod : undefined;
        }, 60_000);
        expect(String(await get(made.localPort, '/'))).toBe(after.name);
      });

      test('tells what went wrong, ends that connection, and goes on', async () => {
        await run('deaf', 'setInterval(() => {}, 1000)', 4444, false);
        await until(() => isReady('deaf'), 60_000);
        const made = await workloads.forward(namespace, 'deaf', { port: undefined }, owner);
        forwards.push(made);
        const problems: string[] = [];
        made.onDidFail((problem) => problems.push(problem));
        const client = connectTo(made.localPort, '127.0.0.1');
        client.on('error', () => undefined);
        await new Promise((resolve) => client.once('close', resolve));
        await until(() => problems.length > 0);
        expect(problems[0]).toMatch(/4444/);
      });

      test('claims no port that there is not, and says which there are', async () => {
        await expect(forward(4445)).rejects.toMatchObject({
          code: 'notFound',
          message: 'Nothing of "web" listens on port 4445: it has 3000.',
          explanation: expect.stringContaining('4445') as unknown,
        });
      });

      test('takes a port that the service does not name and listens on', async () => {
        const script = `require('node:net').createServer((socket) => socket.end('undeclared')).listen(4446, () => console.log('listens'))`;
        const { execution, stdout } = await exec({ command: node(script) });
        await until(() => stdout() !== '');
        const made = await forward(4446);
        const client = connectTo(made.localPort, '127.0.0.1');
        let heard = '';
        client.setEncoding('utf8').on('data', (text: string) => (heard += text));
        await new Promise((resolve) => client.once('close', resolve));
        expect(heard).toBe('undeclared');
        execution.dispose();
      });

      test('ends with all its connections', async () => {
        const made = await forward();
        const client = await new Promise<Socket>((resolve) => {
          const socket = connectTo(made.localPort, '127.0.0.1', () => resolve(socket));
        });
        client.on('error', () => undefined);
        client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
        await new Promise((resolve) => client.once('data', resolve));
        const closed = new Promise((resolve) => client.once('close', resolve));
        made.dispose();
        await closed;
        await expect(get(made.localPort, '/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      });

      test('says that a local port is taken, and is refused to anybody but the owner', async () => {
        const taken = createServer().listen(0, '127.0.0.1');
        await new Promise((resolve) => taken.once('listening', resolve));
        const address = taken.address();
        const localPort = typeof address === 'object' && address ? address.port : 0;
        const request = { port: 3000, localPort };
        await expect(workloads.forward(namespace, 'web', request, owner)).rejects.toMatchObject({
          code: 'invalidInput',
          message: `The local port ${localPort} is taken.`,
        });
        taken.close();
        await expect(workloads.forward(namespace, 'web', { port: 3000 }, other)).rejects.toMatchObject({
          code: 'conflict',
        });
        await expect(workloads.forward(namespace, 'nothing', { port: 3000 }, owner)).rejects.toMatchObject({
          code: 'notFound',
        });
        await expect(workloads.forward(namespace, 'crashing', { port: undefined }, owner)).rejects.toMatchObject({
          code: 'invalidInput',
        });
      });
    });

    test('the log of the run before the last restart', async () => {
      const lines = async (previous: boolean): Promise<string[]> => {
        const collected: string[] = [];
        for await (const line of workloads.logs(namespace, 'crashing', { follow: false, previous }))
          collected.push(line);
        return collected;
      };
      await until(async () => (await pods('crashing')).some(({ restarts }) => restarts > 0), 60_000);
      const [previous] = await until(async () => {
        const found = await lines(true);
        // Docker removes the container of a run now and then, and Kubernetes then says so in place of the lines.
        return found[0]?.startsWith('about') ? found : undefined;
      }, 60_000);
      expect(previous).toMatch(/^about to fail \d+$/);
      expectRunsApart(await crashes.untilStartedAgain(), (await pods('crashing'))[0]?.name ?? '', 3);
    });

    test('a description says what there is and what happened', async () => {
      await until(
        async () => (await pods('crashing')).some(({ container }) => container?.reason === 'CrashLoopBackOff'),
        60_000,
      );
      await until(async () => (await workloads.describe(namespace, 'crashing')).includes('BackOff'), 30_000);
      const text = await workloads.describe(namespace, 'crashing');
      expect(text).toMatch(/^Service: +crashing\nNamespace: +worktree-workloads-\w+\n\nDeployment crashing\n/);
      expect(text).toContain(`Pod ${(await pods('crashing'))[0]?.name}\n`);
      expect(text).toMatch(/Last state: +Terminated: Error \(exit code 3/);
      expect(text).toMatch(/Command: +".*node" "-e" /);
      expect(text).toMatch(/OWN: +value of its own/);
      expect(text).toMatch(/Events:\n(.*\n)*.* Warning +BackOff +Pod crashing-/);
      expect(text).not.toContain('Pod web-');
      expect(await workloads.describe(namespace, 'web')).toMatch(/Ports: +3000\/TCP/);
      await expect(workloads.describe(namespace, 'nothing')).rejects.toMatchObject({ code: 'notFound' });
      expect(await workloads.ports(namespace, 'web')).toEqual([3000]);
    });

    test('sleep keeps how many pods there were, and wake brings just these back', async () => {
      const web = async () => (await cluster.read(owner.repositoryId))[0]?.deployments.find((d) => d.service === 'web');
      const asleep = async () => [(await web())?.desired, (await web())?.asleep];
      await workloads.scale(namespace, 'web', 2, owner);
      await Promise.all([1, 2, 3].map(() => workloads.sleep(namespace, 'web', owner)));
      expect(await asleep()).toEqual([0, 2]);
      await until(async () => (await pods('web')).length === 0, 60_000);
      for (const refused of [workloads.sleep, workloads.wake])
        await expect(refused.call(workloads, namespace, 'web', other)).rejects.toMatchObject({ code: 'conflict' });
      await Promise.all([1, 2, 3].map(() => workloads.wake(namespace, 'web', owner)));
      expect(await asleep()).toEqual([2, undefined]);
      await workloads.sleep(namespace, 'web', owner);
      await workloads.scale(namespace, 'web', 1, owner);
      expect(await asleep()).toEqual([1, undefined]);
    });

    test('more pods, fewer, and none', async () => {
      await workloads.scale(namespace, 'web', 2, owner);
      await until(() => isReady('web', 2), 60_000);
      await workloads.scale(namespace, 'web', 0, owner);
      await until(async () => (await pods('web')).length === 0, 60_000);
      const made = await forward(3000);
      const problems: string[] = [];
      made.onDidFail((problem) => problems.push(problem));
      await expect(get(made.localPort, '/')).rejects.toMatchObject({ code: 'ECONNRESET' });
      await until(() => problems.length > 0);
      expect(problems).toEqual(['No pod of "web" is ready: port 3000 leads nowhere now.']);
      await expect(workloads.scale(namespace, 'crashing', 2, owner)).rejects.toMatchObject({
        message: 'The service "crashing" keeps data, into which two pods would write: it has 0 or 1.',
      });
      await expect(workloads.scale(namespace, 'web', -1, owner)).rejects.toMatchObject({ code: 'invalidInput' });
      await expect(workloads.scale(namespace, 'web', 1, other)).rejects.toMatchObject({ code: 'conflict' });
      await expect(workloads.scale(namespace, 'nothing', 1, owner)).rejects.toMatchObject({ code: 'notFound' });
    });
  });
}

function get(port: number, path: string, body?: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const method = body ? 'POST' : 'GET';
    const call = httpRequest({ port, path, method, host: '127.0.0.1', agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => resolve(Buffer.concat(chunks)));
    });
    call.once('error', reject);
    call.end(body);
  });
}

function deployment(
  place: Place,
  owner: { readonly repositoryId: string; readonly worktreeId: string },
  name: string,
  script: string,
  port: number | undefined,
  isProbed: boolean,
): object {
  const labels = {
    'coppice.dev/repository': owner.repositoryId,
    'coppice.dev/worktree': owner.worktreeId,
    'coppice.dev/service': name,
  };
  const env = [
    { name: 'OWN', value: 'value of its own' },
    { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ...(port === undefined ? [] : [{ name: 'PORT', value: String(port) }]),
  ];
  const container = {
    ...{ name, env, image: place.image, imagePullPolicy: 'IfNotPresent', command: [place.node, '-e', script] },
    ...(port === undefined
      ? {}
      : {
          ports: [{ containerPort: port }],
          ...(isProbed ? { readinessProbe: { httpGet: { port, path: '/' }, periodSeconds: 1 } } : {}),
        }),
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    // As the chart marks what keeps data.
    metadata: { name, labels, annotations: name === 'crashing' ? { 'coppice.dev/single': 'true' } : {} },
    spec: {
      replicas: 1,
      selector: { matchLabels: { 'coppice.dev/service': name } },
      template: {
        metadata: { labels, annotations: { 'coppice.dev/folder': place.folder } },
        spec: { terminationGracePeriodSeconds: 1, containers: [container] },
      },
    },
  };
}
