import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EmbeddedClusterProgram } from '../../../src/adapters/embedded/embeddedClusterProgram';
import { KubernetesCluster } from '../../../src/adapters/kubernetes/kubernetesCluster';
import { isAbort } from '../../../src/core/errors';
import { startTestCluster } from '../../support/embeddedCluster';
import { silentLog } from '../../support/kubernetesHarness';
import { isAlive, until } from '../../support/until';

const clusterProgram = join(import.meta.dirname, '../../../dist/cluster.js');

describe("the embedded cluster's program", () => {
  let home: string;
  let program: EmbeddedClusterProgram;

  beforeAll(async () => {
    // Builds it where that is needed.
    await (await startTestCluster()).dispose();
  });
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'coppice-program-'));
    program = make({});
  });
  afterEach(async () => {
    await program.stop();
    await rm(home, { recursive: true });
  });

  function make(options: Partial<ConstructorParameters<typeof EmbeddedClusterProgram>[0]>): EmbeddedClusterProgram {
    return new EmbeddedClusterProgram({
      home,
      clusterProgram,
      execPath: process.execPath,
      env: process.env,
      log: silentLog,
      ...options,
    });
  }

  test('is started once, found by others, and stopped', async () => {
    expect(await program.find()).toBeUndefined();
    expect(await program.urlPort()).toBeUndefined();
    expect(await program.stop()).toBe(false);
    const [first, second] = await Promise.all([program.start(), make({}).start()]);
    expect(second).toEqual(first);
    expect(isAlive(first.pid)).toBe(true);
    expect(await make({}).find()).toEqual(first);
    expect(await program.start()).toEqual(first);
    expect((await stat(first.access.kubeconfig)).mode & 0o077).toBe(0);
    expect(await make({}).stop()).toBe(true);
    expect(isAlive(first.pid)).toBe(false);
    expect(await program.find()).toBeUndefined();
    // Who is told of URLs meanwhile is told the port that the next start takes again.
    expect(await program.urlPort()).toBe(first.gatewayPort);
  });

  test('behind a Cluster: connect starts it, and a watch that waited sees it within 2 s', async () => {
    const options = { identity: { kind: 'embedded' }, kubeconfig: program.kubeconfig, log: silentLog } as const;
    const watch = new KubernetesCluster(options).watch(undefined);
    try {
      await until(() => watch.current.state === 'offline');
      const cluster = new KubernetesCluster({ ...options, start: (signal) => program.start(signal) });
      expect(await cluster.probe()).toBeUndefined();
      const access = await cluster.connect();
      await until(() => watch.current.state === 'online', 2000);
      expect(await cluster.probe()).toEqual(access);
      await cluster.claimNamespace({
        name: 'worktree-x',
        owner: { repositoryId: 'aa', worktreeId: 'bb' },
        annotations: {},
      });
      await until(() => watch.current.state === 'online' && watch.current.environments.length === 1, 2000);

      await program.stop();
      await until(() => watch.current.state === 'offline', 5000);
      const again = await cluster.connect();
      expect(again.kubeconfig).toBe(access.kubeconfig);
      await until(
        () => watch.current.state === 'online' && watch.current.environments[0]?.namespace === 'worktree-x',
        3000,
      );
    } finally {
      watch.dispose();
    }
  });

  test('a program that ends at once is told with what it said', async () => {
    const broken = join(home, 'broken.js');
    await writeFile(broken, 'console.error("no port is free"); process.exit(3);');
    await expect(make({ clusterProgram: broken }).start()).rejects.toMatchObject({
      code: 'failed',
      explanation: expect.stringContaining('no port is free') as string,
    });
  });

  test('a start that is cancelled rejects as cancelled', async () => {
    await expect(program.start(AbortSignal.abort())).rejects.toSatisfy(isAbort);
  });

  test('a pid that was left behind is not touched, whoever answers at the port', async () => {
    const { cert, private: key } = await generate([{ name: 'commonName', value: '127.0.0.1' }]);
    const tokens: unknown[] = [];
    const stranger = createServer({ key, cert }, (request, response) => {
      tokens.push(request.headers.authorization);
      response.end('ok');
    });
    stranger.listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    try {
      const running = await program.start();
      await program.stop();
      const server = `https://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
      await mkdir(join(home, 'cluster'), { recursive: true });
      await writeFile(join(home, 'cluster', 'cluster.json'), JSON.stringify({ ...running, pid: process.pid, server }));
      expect(await program.find()).toBeUndefined();
      expect(await program.stop()).toBe(false);
      expect(tokens).toEqual([]);
    } finally {
      stranger.close();
    }
  });
});
