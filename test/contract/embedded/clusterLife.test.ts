import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { clusterContract } from '../../../packages/cluster/src/contract';
import { freePort, readyLine, spawnCluster, startTestCluster, type TestCluster } from '../../support/embeddedCluster';
import {
  containerWhen,
  createNamespace,
  deploy,
  expectStatus,
  makeFolder,
  podsOf,
  throughGateway,
} from '../../support/services';
import { isAlive, until } from '../../support/until';

const disposals: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const dispose of disposals.splice(0).reverse()) await dispose();
});

async function start(options?: Parameters<typeof startTestCluster>[0]): Promise<TestCluster> {
  const cluster = await startTestCluster(options);
  disposals.push(() => cluster.dispose());
  return cluster;
}

async function newHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'coppice-cluster-'));
  disposals.push(() => rm(home, { recursive: true, force: true }));
  return home;
}

const exitOf = (child: ReturnType<typeof spawnCluster>): Promise<number | null> =>
  new Promise((resolve) => child.once('exit', resolve));

const server = `
const { createServer } = require('node:http');
createServer((request, response) => response.end('here since ' + process.pid)).listen(Number(process.env.PORT), '127.0.0.1');
`;

describe('starting', () => {
  it('prints one line, writes the same to cluster.json, and lets nobody else read its secrets', async () => {
    const cluster = await start();
    const written: unknown = JSON.parse(await readFile(join(cluster.folder, 'cluster.json'), 'utf8'));
    const { pid, startedAt, version, server: url, gatewayPort } = cluster;
    expect(written).toEqual({ pid, startedAt, version, contract: clusterContract, server: url, gatewayPort });
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    for (const name of ['token', 'kubeconfig', 'certificate.json']) {
      expect(((await stat(join(cluster.folder, name))).mode & 0o777).toString(8)).toBe('600');
    }
    expect(((await stat(cluster.folder)).mode & 0o777).toString(8)).toBe('700');
    // JSON is YAML that whoever reads it needs no library for.
    expect(JSON.parse(await readFile(cluster.kubeconfig, 'utf8'))).toMatchObject({
      'current-context': 'coppice-embedded',
    });
    expect((await cluster.api('GET', '/api/v1/namespaces/default')).status).toBe(200);
  });

  it('refuses who has no token, and a certificate that nobody vouches for is of no use', async () => {
    const cluster = await start();
    const status = (headers: Record<string, string>): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const options = { headers, rejectUnauthorized: false, agent: false as const };
        get(new URL('/api/v1/namespaces', cluster.server), options, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        }).once('error', reject);
      });
    expect(await status({})).toBe(401);
    expect(await status({ Authorization: 'Bearer wrong' })).toBe(401);
    expect(await status({ Authorization: `Bearer ${cluster.token}` })).toBe(200);
    await expect(fetch(`${cluster.server}/api`)).rejects.toThrow('fetch failed');
  });

  it('prints the line of the one that runs when it is started again, and exits with 0', async () => {
    const cluster = await start();
    const second = spawnCluster(cluster.home, []);
    const exit = exitOf(second);
    expect((await readyLine(second)).pid).toBe(cluster.pid);
    expect(await exit).toBe(0);
  });

  it('lets exactly one win when several start at the same instant', async () => {
    const home = await newHome();
    const port = String(await freePort());
    const children = Array.from({ length: 5 }, () => spawnCluster(home, ['--gateway-port', port]));
    const exits = children.map(exitOf);
    const lines = await Promise.all(children.map(readyLine));
    const [winner] = new Set(lines.map(({ pid }) => pid));
    expect(new Set(lines.map(({ pid }) => pid)).size).toBe(1);
    const losers = exits.filter((_, index) => children[index]?.pid !== winner);
    expect(await Promise.all(losers)).toEqual([0, 0, 0, 0]);
    expect(isAlive(winner ?? 0)).toBe(true);
    children.find(({ pid }) => pid === winner)?.kill('SIGTERM');
    await Promise.all(exits);
  });

  it('takes over from a holder that is dead, also when its number belongs to another process now', async () => {
    const home = await newHome();
    const first = await start({ home });
    await first.crash();
    const again = await first.startAgain();
    disposals.push(() => again.dispose());
    await again.crash();
    // The number of a process that lives, with the start time of one that does not.
    const names = await import('node:fs/promises').then(({ readdir }) => readdir(first.folder));
    const lock =
      names
        .filter((name) => /^lock\.\d+$/.test(name))
        .sort()
        .at(-1) ?? '';
    await writeFile(join(first.folder, lock), JSON.stringify({ pid: process.pid, start: 'long ago' }));
    const third = await first.startAgain();
    disposals.push(() => third.dispose());
    expect(third.pid).not.toBe(process.pid);
  });

  it.each([
    [['--port', 'x'], '--port must be a port'],
    [['--gateway-port', '0'], '--gateway-port must be a port'],
    [['--unknown'], "Unknown option '--unknown'"],
  ])('refuses %j with one line', async (args, message) => {
    const child = spawnCluster(await newHome(), args);
    await expect(readyLine(child)).rejects.toThrow(message);
    expect(child.exitCode).toBe(1);
  });

  it('ends with one line when the port that was asked for is taken', async () => {
    const taken = createServer();
    const port = await new Promise<number>((resolve) => {
      taken.listen(0, '127.0.0.1', () => {
        const address = taken.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
    disposals.push(() => new Promise((resolve) => taken.close(resolve)));
    const forApi = spawnCluster(await newHome(), ['--port', String(port), '--gateway-port', String(await freePort())]);
    await expect(readyLine(forApi)).rejects.toThrow('EADDRINUSE');
    const forGateway = spawnCluster(await newHome(), ['--gateway-port', String(port)]);
    await expect(readyLine(forGateway)).rejects.toThrow('no port for the gateway');
  });
});

describe('living on', () => {
  it('needs neither the terminal nor the reader of its output', async () => {
    const home = await newHome();
    const child = spawnCluster(home, ['--gateway-port', String(await freePort())]);
    const exit = exitOf(child);
    const { pid, server: url } = await readyLine(child);
    child.stdout?.destroy();
    child.stderr?.destroy();
    process.kill(pid, 'SIGHUP');
    const second = spawnCluster(home, []);
    expect(await readyLine(second)).toMatchObject({ pid, server: url });
    process.kill(pid, 'SIGTERM');
    expect(await exit).toBe(0);
  });

  it('comes back with the same addresses, token and certificate, and brings environments back', async () => {
    const folder = await makeFolder({ 'server.cjs': server });
    disposals.push(() => folder.remove());
    const first = await start();
    await createNamespace(first, 'shop');
    await deploy(first, 'shop', 'web', {
      folder: folder.path,
      command: ['node', 'server.cjs'],
      port: 3000,
      host: 'shop.localhost',
    });
    await containerWhen(first, 'shop', 'web', ({ ready }) => ready);
    await until(async () => (await throughGateway(first, 'shop.localhost')).status === 200);
    const uids = async (cluster: TestCluster): Promise<unknown[]> => {
      const paths = [
        '/api/v1/namespaces/shop',
        '/apis/apps/v1/namespaces/shop/deployments/web',
        '/api/v1/namespaces/shop/services/web',
      ];
      return Promise.all(paths.map(async (path) => (await expectStatus(cluster, 200, 'GET', path))['metadata'])).then(
        (all) =>
          all.map((metadata) =>
            typeof metadata === 'object' && metadata && 'uid' in metadata ? metadata.uid : undefined,
          ),
      );
    };
    const servicePorts = async (): Promise<unknown> =>
      JSON.parse(await readFile(join(first.folder, 'settings.json'), 'utf8')).servicePorts;
    const visited = async (cluster: TestCluster): Promise<number> =>
      Date.parse(String((await expectStatus(cluster, 200, 'GET', '/coppice/visits'))['shop']));
    const visitedAt = await visited(first);
    const before = { uids: await uids(first), kubeconfig: await readFile(first.kubeconfig, 'utf8') };
    const [podBefore] = await podsOf(first, 'shop', 'web');
    await first.stop();
    const portsBefore = await servicePorts();
    expect(portsBefore).toHaveProperty(['shop/web/80']);

    const second = await first.startAgain();
    disposals.push(() => second.dispose());
    expect(second).toMatchObject({ server: first.server, gatewayPort: first.gatewayPort, token: first.token });
    expect(await readFile(second.kubeconfig, 'utf8')).toBe(before.kubeconfig);
    // The two clocks that it is told by tell fractions differently.
    expect(Math.abs((await visited(second)) - visitedAt)).toBeLessThan(10);
    await until(async () => (await throughGateway(second, 'shop.localhost')).status === 200);
    expect(await uids(second)).toEqual(before.uids);
    expect(await servicePorts()).toEqual(portsBefore);
    const [podAfter] = await podsOf(second, 'shop', 'web');
    expect(podAfter?.metadata.uid).not.toBe(podBefore?.metadata.uid);
    const sets = await expectStatus(second, 200, 'GET', '/apis/apps/v1/namespaces/shop/replicasets');
    expect(sets['items']).toHaveLength(1);
  });

  // Twice, beside other suites, the gateway had no service for ten seconds after the return; the cause is not known yet.
  it(
    'leaves no process behind when it is killed, not even one that left its group, and comes back',
    { retry: 1 },
    async () => {
      const folder = await makeFolder({
        'server.cjs': server,
        'daemon.cjs': `
        const { spawn } = require('node:child_process');
        const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
        process.on('SIGTERM', () => {});
        require('node:fs').writeFileSync('child.pid', String(child.pid));
        setInterval(() => {}, 1000);`,
      });
      disposals.push(() => folder.remove());
      const first = await start();
      await createNamespace(first, 'shop');
      await deploy(first, 'shop', 'web', {
        folder: folder.path,
        command: ['node', 'server.cjs'],
        port: 3000,
        host: 'shop.localhost',
      });
      await deploy(first, 'shop', 'daemon', { folder: folder.path, command: ['node', 'daemon.cjs'] });
      await containerWhen(first, 'shop', 'web', ({ ready }) => ready);
      const child = await until(async () =>
        Number(await readFile(join(folder.path, 'child.pid'), 'utf8').catch(() => '')),
      );
      expect(isAlive(child)).toBe(true);
      await first.crash();
      expect(isAlive(child)).toBe(false);

      const second = await first.startAgain();
      disposals.push(() => second.dispose());
      let last: unknown;
      await until(async () => {
        const answer = await throughGateway(second, 'shop.localhost');
        last = answer;
        return answer.status === 200;
      }).catch((error: unknown) => {
        throw new Error(`the gateway went on to answer ${JSON.stringify(last)}`, { cause: error });
      });
    },
  );

  it('ends what an earlier cluster left when its reaper was killed too, but no stranger of the same number', async () => {
    const folder = await makeFolder({ 'server.cjs': server });
    disposals.push(() => folder.remove());
    const first = await start();
    await createNamespace(first, 'shop');
    await deploy(first, 'shop', 'web', {
      folder: folder.path,
      command: ['node', 'server.cjs'],
      port: 3000,
      host: 'shop.localhost',
    });
    await until(async () => (await throughGateway(first, 'shop.localhost')).status === 200);
    const left = Number((await throughGateway(first, 'shop.localhost')).text.replace('here since ', ''));
    const registryFile = join(first.folder, 'processes.json');
    type Registry = { mark: string; processes: { pid: number; start?: string }[] };
    const registry = await until<Registry | undefined>(async () => {
      const value: Registry = JSON.parse(await readFile(registryFile, 'utf8'));
      return value.processes.every(({ start: since }) => since !== undefined) ? value : undefined;
    });
    process.kill(await reaperOf(registry.mark), 'SIGKILL');
    process.kill(first.pid, 'SIGKILL');
    await until(() => !isAlive(first.pid));
    if (!isAlive(left)) throw new Error('the test needs a process that was left behind');
    registry.processes.push({ pid: process.pid, start: 'long ago' });
    await writeFile(registryFile, JSON.stringify(registry));

    const second = await first.startAgain();
    disposals.push(() => second.dispose());
    expect(isAlive(left)).toBe(false);
    expect(isAlive(process.pid)).toBe(true);
    expect(second.ownLog()).toContain(`ending process ${left}`);
  });
});

async function reaperOf(mark: string): Promise<number> {
  const { readdir } = await import('node:fs/promises');
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const command = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    if (command.includes('reaper.js') && command.includes(mark)) return Number(entry);
  }
  throw new Error('there is no reaper');
}

describe('the state file', () => {
  it('is moved aside when it is damaged, and the copy before it is used', async () => {
    const first = await start();
    await createNamespace(first, 'one');
    await first.stop();
    const second = await first.startAgain();
    await createNamespace(second, 'two');
    await second.stop();
    const file = join(first.folder, 'state.json');
    await writeFile(file, (await readFile(file, 'utf8')).slice(0, -40));

    const third = await first.startAgain();
    disposals.push(() => third.dispose());
    expect((await third.api('GET', '/api/v1/namespaces/one')).status).toBe(200);
    expect(third.ownLog()).toMatch(/state\.json is damaged; it is kept as .*broken-/);
  });

  it('is written a moment after a change, not only at the end', async () => {
    const cluster = await start();
    await createNamespace(cluster, 'kept');
    await until(async () =>
      (await readFile(join(cluster.folder, 'state.json'), 'utf8').catch(() => '')).includes('"kept"'),
    );
    await cluster.crash();
    const again = await cluster.startAgain();
    disposals.push(() => again.dispose());
    expect((await again.api('GET', '/api/v1/namespaces/kept')).status).toBe(200);
  });
});
