import { readdirSync, readlinkSync } from 'node:fs';
import { sep } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { isRunOf } from '../process/runMarks';
import type { SeenProcess } from '../process/seenProcess';

/** What one turn of the event loop may read. */
const LINKS_A_TURN = 150;

/**
 * Whether a program is in a folder, or in one beneath it, that this cluster did not start for a pod: a terminal, an agent, an editor's
 * helper, a build. What was started in a pod with a terminal of its own counts as well: somebody sits there.
 *
 * @param take all processes, as a census tells them
 * @returns undefined where the system does not tell which folder a process is in
 */
export async function worksIn(
  folder: string,
  mark: string,
  take: () => Promise<readonly SeenProcess[]>,
): Promise<boolean | undefined> {
  if (process.platform !== 'linux') return undefined;
  const ours = new Set(
    (await take())
      .filter(({ run, hasTerminal }) => !hasTerminal && run !== undefined && isRunOf(mark, run))
      .map(({ pid }) => pid),
  );
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  for (const [index, name] of pids.entries()) {
    if (index % LINKS_A_TURN === LINKS_A_TURN - 1) await turn();
    if (ours.has(Number(name)) || Number(name) === process.pid) continue;
    const at = cwdOf(name);
    if (at === folder || at?.startsWith(folder.endsWith(sep) ? folder : folder + sep)) return true;
  }
  return false;
}

/** undefined: it is gone, or another user's. */
function cwdOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}
