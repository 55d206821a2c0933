import { parseRecord } from '@coppice/host/parseRecord';
import { spawn } from 'node:child_process';
import type { ProcessWatch } from '../process/processWatch';

interface Parts {
  home: string;
  /** `coppice`: it knows whose an environment is, and what was changed in its worktree. */
  cliProgram: string;
  watch: Pick<ProcessWatch, 'add' | 'remove'>;
}

/** How `IdleEnvironments` puts one to sleep: by `coppice sleep` in its worktree, which refuses where anything stands in the way. */
export function sleepByCoppice({
  home,
  cliProgram,
  watch,
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
      child.once('error', reject);
      child.once('close', (code) => {
        if (pid !== undefined) watch.remove(pid);
        const { usedAt } = parseRecord(printed) ?? {};
        if (code !== 0) reject(new Error(said.trim() || `coppice sleep ended with ${code}`));
        else resolve(typeof usedAt === 'string' ? Math.max(0, Date.now() - Date.parse(usedAt)) : undefined);
      });
    });
}
