// Ends the processes of a cluster that died without doing so itself. It is a process of its own: it reads from a pipe which
// process groups run ("+pid", "-pid", a line each) and starts to kill when the pipe ends, because the cluster holds the other end,
// or when the cluster's process is gone by what the system says: an end of a pipe can be missed, or held by somebody else.
// It ends the cluster when it is told to end itself (SIGTERM), and when the cluster's folder is gone.
// The same pipe tells that the cluster's event loop goes round ("."), and that it has begun to end ("!"): see the watchdog.
import { signalTree } from '@coppice/host/signalTree';
import { createInterface } from 'node:readline';
import { findProcesses, groupExists, isThere, signalSeen } from './killProcessTree';
import { watchCluster } from './watchCluster';
import { whenEnded } from './whenEnded';

/** As long as the pods of environments have. */
const GRACE_MS = 5000;
const CHECK_MS = 50;
/** Whatever the looks at this machine's processes do: who ends others must end. */
const LONGEST_MS = 60_000;

const [, , mark = '', clusterFolder, clusterPid] = process.argv;
const groups = new Set<number>();

for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('SIGTERM', endCluster);

const watchdog = clusterFolder === undefined ? undefined : watchCluster(clusterFolder, Number(clusterPid), mark);
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  if (line === '.') return watchdog?.beat();
  if (line === '!') return watchdog?.beginStop();
  const pid = Number(line.slice(1));
  if (!Number.isInteger(pid) || pid <= 1) return;
  if (line.startsWith('+')) groups.add(pid);
  else groups.delete(pid);
});
process.stdin.on('error', () => lines.close());
lines.on('close', () => void reap());
if (Number(clusterPid) > 1) whenEnded(Number(clusterPid), () => lines.close());

/** Who is asked to end ends what it looks after: the cluster first, which keeps what it knows, and with its end the pipe's all else. */
function endCluster(): void {
  const pid = Number(clusterPid);
  if (!(pid > 1) || process.ppid !== pid) return lines.close();
  watchdog?.beginStop();
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    lines.close();
  }
}

async function reap(): Promise<void> {
  watchdog?.rest();
  setTimeout(() => process.exit(1), LONGEST_MS);
  const found = await findProcesses(mark, groups);
  for (const pid of groups) signalTree(pid, 'SIGTERM');
  for (const one of found) if (!groups.has(one.group ?? 0)) signalSeen(one, 'SIGTERM');
  // On Linux a group may be left that has only zombies.
  const isOver = (): boolean =>
    !found.some(isThere) && (process.platform === 'linux' || ![...groups].some((pid) => groupExists(pid)));
  const deadline = performance.now() + GRACE_MS;
  while (performance.now() < deadline && !isOver()) await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
  for (const pid of groups) if (groupExists(pid)) signalTree(pid, 'SIGKILL');
  for (const one of await findProcesses(mark)) signalSeen(one, 'SIGKILL');
  process.exit(0);
}
