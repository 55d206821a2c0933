// The embedded cluster as a program: `node cluster.js [--port N] [--gateway-port N | --gateway-port-from N]`, with COPPICE_HOME in the environment. It prints
// one line of JSON once it is ready and then needs nobody: neither the terminal nor the window that started it.
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { clusterContract, type ClusterLine } from './contract';
import { parseOptions } from './options';
import { startCluster } from './runningCluster';
import { ClusterLog } from './state/clusterLog';
import { isTaken, takeLock } from './state/instanceLock';
import { writeLastEnd } from './state/lastEnd';
import { Phase } from './state/phase';
import { openStateFolder } from './state/stateFolder';
import { waitForOther } from './state/waitForOther';
import { writeFileAtomically } from '@coppice/host/writeFileAtomically';
import { version } from '../../../package.json';

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
function fault(error: unknown): never {
  const reason = `a fault (${error instanceof Error ? error.message : String(error)})`;
  writeLastEnd(folder.lastEndFile, { at: new Date().toISOString(), pid: process.pid, reason });
  fail('a fault ended the cluster', error);
}
process.on('uncaughtException', fault);
process.on('unhandledRejection', fault);

/** Each of two would write over what the other knows. */
function sharedFolder(root: string, pid: number, elsewhere: string): string {
  return `The embedded cluster of ${root} runs ${elsewhere} (process ${pid} there): give one of the two a folder of its own (COPPICE_HOME).`;
}

/** The process that the user sees in a list of processes. */
process.title = 'coppice-cluster';

/** What is known here is old by now: it is not saved, and the services end with this process. */
function lost(): never {
  fail(
    'ended',
    new Error(`The embedded cluster of ${folder.root} is run by another place now, where this one was not heard.`),
  );
}

/** @returns the lock's number; undefined: there is another cluster, and it is told where */
async function lockOrTell(): Promise<number | undefined> {
  for (;;) {
    const lock = await takeLock(folder.root, undefined, lost);
    if (lock.won) return lock.number;
    if (lock.elsewhere !== undefined)
      fail('not started', new Error(sharedFolder(folder.root, lock.pid, lock.elsewhere)));
    const line = await waitForOther(folder.clusterFile, lock.pid);
    if (line === undefined) continue;
    process.stdout.write(`${line}\n`);
    return undefined;
  }
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  const lock = await lockOrTell();
  if (lock === undefined) return;
  const isLost = (): Promise<boolean> => isTaken(folder.root, lock);
  const starting = new Phase(folder.phaseFile, 'starting');
  starting.tell('Starting');
  await rm(folder.clusterFile, { force: true });
  log(`starting ${version}`);

  let stopping = false;
  const started: { cluster?: Awaited<ReturnType<typeof startCluster>> } = {};
  const stop = async (signal: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    log(`${signal}: stopping`);
    const phase = new Phase(folder.phaseFile, 'stopping');
    phase.tell('Ending the services');
    // By then it may be another's, who has taken the folder.
    if (!(await isLost())) await rm(folder.clusterFile, { force: true });
    await started.cluster?.stop();
    phase.end();
    log('stopped');
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop('SIGTERM'));
  process.on('SIGINT', () => void stop('SIGINT'));

  const beside = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  const programs = { reaper: beside('./reaper.js'), cli: beside('./cli.js') };
  const running = await startCluster(folder, options, programs, log, starting.tell, isLost);
  started.cluster = running;
  if (stopping) return;
  const { server, gatewayPort } = running;
  const startedAt = new Date(Date.now() - process.uptime() * 1000).toISOString();
  const about = { pid: process.pid, startedAt, version, contract: clusterContract };
  const told: ClusterLine = { ...about, server, gatewayPort };
  const line = JSON.stringify(told);
  await writeFileAtomically(folder.clusterFile, line);
  starting.end();
  process.stdout.write(`${line}\n`);
  log(`ready at ${server}, gateway port ${gatewayPort}, after ${Math.round(process.uptime() * 1000)} ms`);
}

main().catch((error: unknown) => fail('cannot start', error));
