import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { KubernetesCluster } from '../../../src/adapters/kubernetes/kubernetesCluster';
import { KubernetesWorkloads } from '../../../src/adapters/kubernetes/workloads/kubernetesWorkloads';
import type { Execution, ExecRequest } from '../../../src/core/ports/workloads';
import { startTestCluster, type TestCluster } from '../../support/embeddedCluster';
import { silentLog } from '../../support/kubernetesHarness';
import { isAlive, until } from '../../support/until';

const owner = { repositoryId: 'aaaaaaaaaaaa', worktreeId: 'bbbbbbbbbbbb' };
const namespace = 'worktree-connections';
const print = 'console.log(process.pid); setInterval(() => {}, 1000)';

// What the embedded cluster does beyond what workloadsContract holds any cluster to.
describe('connections into pods of the embedded cluster', { timeout: 60_000 }, () => {
  let embedded: TestCluster;
  let folder: string;
  let cluster: KubernetesCluster;
  let workloads: KubernetesWorkloads;
  let pod: string;

  const deploy = async (name: string, spec: object): Promise<void> => {
    const labels = {
      'coppice.dev/repository': owner.repositoryId,
      'coppice.dev/worktree': owner.worktreeId,
      'coppice.dev/service': name,
    };
    const { status } = await embedded.api('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, labels },
      spec: {
        selector: { matchLabels: { 'coppice.dev/service': name } },
        template: {
          metadata: { labels, annotations: { 'coppice.dev/folder': folder } },
          spec: { terminationGracePeriodSeconds: 0, ...spec },
        },
      },
    });
    expect(status).toBe(201);
  };
  const start = async (script: string, change: Partial<ExecRequest> = {}) => {
    let printed = '';
    const request: ExecRequest = {
      command: [process.execPath, '-e', script],
      stdin: false,
      tty: undefined,
      onOutput: (data) => void (printed += Buffer.from(data).toString()),
      ...change,
    };
    const execution = await workloads.exec(namespace, 'web', request, owner);
    return { execution, printed: () => printed };
  };
  const running = async (): Promise<{ execution: Execution; pid: number }> => {
    const { execution, printed } = await start(print);
    await until(() => /^\d+\n$/.test(printed()));
    return { execution, pid: Number(printed()) };
  };
  /** A WebSocket as other clients open it. */
  const open = (path: string, protocols: string[], headers: Record<string, string>): WebSocket =>
    new WebSocket(`${embedded.server.replace('https', 'wss')}/api/v1/namespaces/${namespace}/pods/${path}`, protocols, {
      rejectUnauthorized: false,
      headers,
    });
  const refusal = (socket: WebSocket): Promise<{ status: number; message: string }> =>
    new Promise((resolve, reject) => {
      socket.once('open', () => reject(new Error('it was not refused')));
      socket.once('error', () => undefined);
      socket.once('unexpected-response', (_, response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.once('end', () => resolve({ status: response.statusCode ?? 0, message: JSON.parse(text).message }));
      });
    });

  beforeAll(async () => {
    embedded = await startTestCluster();
    folder = await realpath(await mkdtemp(join(tmpdir(), 'coppice-connections-')));
    const kubeconfig = { path: embedded.kubeconfig, context: 'coppice-embedded' };
    cluster = new KubernetesCluster({ identity: { kind: 'embedded' }, kubeconfig, log: silentLog });
    workloads = new KubernetesWorkloads(cluster.connection);
    await cluster.claimNamespace({ name: namespace, owner, annotations: {} });
    const script = 'setInterval(() => console.log("tick"), 50)';
    const env = [
      { name: 'PORT', value: '3000' },
      { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ];
    const ports = [{ containerPort: 3000 }];
    const command = [process.execPath, '-e', script];
    await deploy('web', { containers: [{ name: 'web', image: 'node', command, env, ports }] });
    pod = await until(async () => {
      const [facts] = await cluster.read(owner.repositoryId);
      return facts?.pods.find((one) => one.service === 'web' && one.isReady)?.name;
    }, 20_000);
  }, 60_000);
  afterAll(async () => {
    await embedded.dispose();
    await rm(folder, { recursive: true });
  });

  test("a program runs in the worktree's folder, beside the service, with its environment", async () => {
    const { execution, printed } = await start(
      'console.log(JSON.stringify([process.cwd(), process.env.POD, process.env.PORT]))',
    );
    expect(await execution.exited).toBe(0);
    const [cwd, own, port] = JSON.parse(printed());
    expect([cwd, own]).toEqual([folder, pod]);
    // The real port that stands for the container's.
    expect(port).toMatch(/^\d+$/);
    expect(port).not.toBe('3000');
  });

  test('a program is told that its input is over', async () => {
    const { execution, printed } = await start('process.stdin.resume().on("end", () => console.log("over"))', {
      stdin: true,
    });
    await execution.write(Buffer.from('x'));
    execution.endInput();
    expect(await execution.exited).toBe(0);
    expect(printed()).toBe('over\n');
  });

  test('without a wish for input there is none', async () => {
    const { execution, printed } = await start('process.stdin.resume().on("end", () => console.log("none"))');
    expect(await execution.exited).toBe(0);
    expect(printed()).toBe('none\n');
  });

  test('in a terminal, lines are corrected and ended as terminals do', async () => {
    const tty = { columns: 80, rows: 24 };
    const script =
      'process.stdin.on("data", (d) => console.log(JSON.stringify(String(d)))).on("end", () => process.exit(7)); console.log(process.env.TERM)';
    const { execution, printed } = await start(script, { stdin: true, tty });
    await until(() => printed() === 'dumb\r\n');
    await execution.write(Buffer.from('wrong\u0015right\r'));
    await until(() => printed().includes('"right\\n"\r\n'));
    await execution.write(Buffer.from('half\u0004'));
    await until(() => printed().includes('"half"\r\n'));
    await execution.write(Buffer.from('\u0004'));
    expect(await execution.exited).toBe(7);
  });

  test('a program and its children end with the connection', async () => {
    const script = `const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']); console.log(child.pid); setInterval(() => {}, 1000)`;
    const { execution, printed } = await start(script);
    const child = Number(await until(() => /^\d+\n$/.exec(printed())?.[0]));
    const { execution: other, pid } = await running();
    expect([child, pid].every(isAlive)).toBe(true);
    execution.dispose();
    other.dispose();
    await until(() => !isAlive(child) && !isAlive(pid));
  });

  test('a program ends with its container', async () => {
    const { execution, pid } = await running();
    await workloads.restart(namespace, 'web', owner);
    expect(await execution.exited).toBe(137);
    expect(isAlive(pid)).toBe(false);
    pod = await until(async () => {
      const [facts] = await cluster.read(owner.repositoryId);
      const pods = facts?.pods.filter((one) => one.service === 'web' && one.isReady && !one.isDeleting) ?? [];
      return pods[0]?.name !== pod ? pods[0]?.name : undefined;
    }, 20_000);
  });

  test('attach shows what the container prints from now on', async () => {
    const authorization = `Bearer ${embedded.token}`;
    const socket = open(`${pod}/attach?stdout=true`, ['v4.channel.k8s.io'], { authorization });
    const first = await new Promise<Buffer>((resolve, reject) => {
      socket.once('message', (data: Buffer) => resolve(data));
      socket.once('error', reject);
    });
    expect([first[0], first.subarray(1).toString()]).toEqual([1, 'tick\n']);
    socket.terminate();
  });

  test('who has no token gets nowhere', async () => {
    const path = `${pod}/exec?stdout=true&command=id`;
    const wrong = { authorization: 'Bearer wrong' };
    expect((await refusal(open(path, ['v4.channel.k8s.io'], {}))).status).toBe(401);
    expect((await refusal(open(path, ['v4.channel.k8s.io'], wrong))).status).toBe(401);
  });

  test.each([
    ['nothing/exec?stdout=true&command=id', 404, 'pods "nothing" not found'],
    ['POD/exec?command=id', 400, 'you must specify at least 1 of stdin, stdout, stderr'],
    ['POD/exec?stdout=true', 400, 'you must specify at least one command for the container'],
    ['POD/exec?stdout=true&command=id&container=other', 400, 'container other is not valid for pod POD'],
    ['POD/portforward', 400, 'query parameter "ports" is required'],
    ['POD/portforward?ports=0', 400, 'query parameter "ports" has a port that is none: "0"'],
    ['POD/log', 404, 'the server could not find the requested resource'],
  ])('%s is answered with %i', async (path, status, message) => {
    const headers = { authorization: `Bearer ${embedded.token}` };
    const answer = await refusal(open(path.replace('POD', pod), ['v5.channel.k8s.io', 'v4.channel.k8s.io'], headers));
    expect(answer).toEqual({ status, message: message.replace('POD', pod) });
  });

  test('who speaks no protocol of ours is told which there are', async () => {
    const headers = { authorization: `Bearer ${embedded.token}` };
    const { status, message } = await refusal(open(`${pod}/exec?stdout=true&command=id`, ['v9'], headers));
    expect(status).toBe(400);
    expect(message).toContain('server accepts ["v5.channel.k8s.io","v4.channel.k8s.io"]');
  });

  test.each([
    ['exec?stdout=true&command=id', 'kubectl does so from 1.31 on'],
    ['portforward', 'use \\"coppice forward\\"'],
  ])('%s over SPDY is refused with a reason', async (what, instead) => {
    const url = new URL(`/api/v1/namespaces/${namespace}/pods/${pod}/${what}`, embedded.server);
    const text = await new Promise<string>((resolve, reject) => {
      const headers = { authorization: `Bearer ${embedded.token}`, connection: 'Upgrade', upgrade: 'SPDY/3.1' };
      const call = httpsRequest(
        url,
        { method: 'POST', rejectUnauthorized: false, headers, agent: false },
        (response) => {
          let body = `${response.statusCode} `;
          response.on('data', (chunk: Buffer) => (body += chunk.toString()));
          response.once('end', () => resolve(body));
        },
      );
      call.once('error', reject);
      call.end();
    });
    expect(text).toMatch(/^501 .*over WebSocket, not over SPDY\/3\.1/);
    expect(text).toContain(instead);
  });

  test('a pod with init containers is not started without them', async () => {
    const command = [process.execPath, '-e', 'setInterval(() => {}, 1000)'];
    const containers = [{ name: 'own', image: 'node', command }];
    await deploy('prepared', { containers, initContainers: [{ name: 'migrate', image: 'node', command }] });
    const waiting = await until(async () => {
      const [facts] = await cluster.read(owner.repositoryId);
      const { container } = facts?.pods.find(({ service }) => service === 'prepared') ?? {};
      return container?.reason === 'CreateContainerConfigError' ? container : undefined;
    }, 20_000);
    expect(waiting.message).toMatch(/^init container "migrate" cannot run here: /);
  });

  test('all of it ends with the cluster', async () => {
    const { execution, pid } = await running();
    const made = await workloads.forward(namespace, 'web', { port: 3000 }, owner);
    await embedded.stop();
    await expect(execution.exited).rejects.toMatchObject({ code: 'unreachable' });
    expect(isAlive(pid)).toBe(false);
    made.dispose();
    expect(await readFile(join(embedded.folder, 'cluster.log'), 'utf8')).not.toMatch(/fault|took too long/);
  });
});
