// The embedded cluster as a program: `node cluster.js [--port N] [--gateway-port N | --gateway-port-from N]`, with COPPICE_HOME in the environment. It prints
// one line of JSON once it is ready and then needs nobody: neither the terminal nor the window that started it.
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseOptions } from './options';
import { startCluster } from './runningCluster';
import { ClusterLog } from './state/clusterLog';
import { takeLock } from './state/instanceLock';
import { openStateFolder } from './state/stateFolder';
import { waitForOther } from './state/waitForOther';
import { writeFileAtomic } from './state/writeFileAtomic';
import { version } from '../../package.json';

/** A process whose end takes longer than this beyond its grace period will not end by itself. */
const STOP_LIMIT_MS = 90_000;

// Who reads our output may be gone at any time.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
process.on('SIGHUP', () => undefined);

const folder = openStateFolder(process.env);
// The folder that we were started in may be deleted some day, which an open folder would prevent on Windows.
process.chdir(folder.root);
const log = new ClusterLog(folder.logFile).write;

function fail(what: string, error: unknown): never {
  log(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
process.on('uncaughtException', (error) => fail('a fault ended the cluster', error));
process.on('unhandledRejection', (error) => fail('a fault ended the cluster', error));

/** The process that the user sees in a list of processes. */
process.title = 'coppice-cluster';

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  for (;;) {
    const lock = await takeLock(folder.root);
    if (lock.won) break;
    const line = await waitForOther(folder.clusterFile, lock.pid);
    if (line === undefined) continue;
    process.stdout.write(`${line}\n`);
    return;
  }
  await rm(folder.clusterFile, { force: true });
  log(`starting ${version}`);

  let stopping = false;
  const started: { cluster?: Awaited<ReturnType<typeof startCluster>> } = {};
  const stop = async (signal: string): Promise<void> => {
    started.cluster = running;
    if (stopping) return;
    stopping = true;
    log(`${signal}: stopping`);
    setTimeout(() => fail('stopping took too long', new Error('gave up')), STOP_LIMIT_MS).unref();
    await rm(folder.clusterFile, { force: true });
    await started.cluster?.stop();
    log('stopped');
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop('SIGTERM'));
  process.on('SIGINT', () => void stop('SIGINT'));

  const running = await startCluster(folder, options, fileURLToPath(new URL('./reaper.js', import.meta.url)), log);
  if (stopping) return;
  const { server, gatewayPort } = running;
  const startedAt = new Date(Date.now() - process.uptime() * 1000).toISOString();
  const line = JSON.stringify({ pid: process.pid, startedAt, version, server, gatewayPort });
  await writeFileAtomic(folder.clusterFile, line);
  process.stdout.write(`${line}\n`);
  log(`ready at ${server}, gateway port ${gatewayPort}, after ${Math.round(process.uptime() * 1000)} ms`);
}

main().catch((error: unknown) => fail('cannot start', error));
