// Ends the processes of a cluster that died without doing so itself. It is a process of its own: it reads from a pipe which
// process groups run ("+pid", "-pid", a line each) and starts to kill when the pipe ends, because the cluster holds the other end.
import { createInterface } from 'node:readline';
import { findMarked, groupExists, killAll, signalGroup } from './killProcessTree';

const GRACE_MS = 2000;
const CHECK_MS = 50;

const mark = process.argv[2] ?? '';
const groups = new Set<number>();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const pid = Number(line.slice(1));
  if (!Number.isInteger(pid) || pid <= 1) return;
  if (line.startsWith('+')) groups.add(pid);
  else groups.delete(pid);
});
process.stdin.on('error', () => lines.close());
lines.on('close', () => void reap());

async function reap(): Promise<void> {
  for (const pid of groups) signalGroup(pid, 'SIGTERM');
  const deadline = Date.now() + GRACE_MS;
  while (Date.now() < deadline && [...groups].some(groupExists)) {
    await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
  }
  for (const pid of groups) if (groupExists(pid)) signalGroup(pid, 'SIGKILL');
  if (mark) killAll(await findMarked(mark));
  process.exit(0);
}
