import { parseRecord } from '@coppice/host/parseRecord';
import { spawn } from 'node:child_process';
import type { ProcessWatch } from '../process/processWatch';

interface Parts {
  home: string;
  /** `coppice`: it knows whose an environment is, and what was changed in its worktree. */
  cliProgram: string;
  watch: Pick<ProcessWatch, 'add' | 'remove'>;
  /** As long as it is given: whoever it waits for may never come, and no other sleep of that environment is begun meanwhile. Milliseconds. */
  limitMs?: number;
}

/** Between SIGTERM, at which it leaves everything so that the next one goes on, and SIGKILL. Milliseconds. */
const graceMs = 10_000;

/** How `IdleEnvironments` puts one to sleep: by `coppice sleep` in its worktree, which refuses where anything stands in the way. */
export function sleepByCoppice({
  home,
  cliProgram,
  watch,
  limitMs = 10 * 60_000,
}: Parts): (folder: string, unusedMs: number) => Promise<number | undefined> {
  return (folder, unusedMs) =>
    new Promise((resolve, reject) => {
      const since = new Date(Date.now() - unusedMs).toISOString();
      const child = spawn(process.execPath, [cliProgram, 'sleep', '--json', '--unused-since', since], {
        cwd: folder,
        env: { ...process.env, COPPICE_HOME: home },
        detached: process.platform !== 'win32',
        windowsHide: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const { pid } = child;
      if (pid !== undefined) watch.add(pid);
      let printed = '';
      let said = '';
      child.stdout.on('data', (chunk: Buffer) => (printed = (printed + chunk.toString()).slice(-100_000)));
      child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
      const timers = [
        setTimeout(() => child.kill('SIGTERM'), limitMs),
        // What it has started may hold its output open for longer than it lives.
        setTimeout(() => {
          child.kill('SIGKILL');
          child.stdout.destroy();
          child.stderr.destroy();
          reject(new Error(`coppice sleep did not end within ${Math.round(limitMs / 1000)} s`));
        }, limitMs + graceMs),
      ];
      const end = (): void => {
        timers.forEach((each) => clearTimeout(each));
        if (pid !== undefined) watch.remove(pid);
      };
      child.once('error', (error) => {
        end();
        reject(error);
      });
      child.once('close', (code) => {
        end();
        const { usedAt } = parseRecord(printed) ?? {};
        if (code !== 0) reject(new Error(said.trim() || `coppice sleep ended with ${code}`));
        else resolve(typeof usedAt === 'string' ? Math.max(0, Date.now() - Date.parse(usedAt)) : undefined);
      });
    });
}
