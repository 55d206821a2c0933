import { execFile } from 'node:child_process';
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pLimit from 'p-limit';

const run = promisify(execFile);

/** A repository with worktrees that people work in: each has a change and a new file. @returns their folders, the main one first */
export async function makeWorktrees(
  folder: string,
  { worktrees, files, env }: { worktrees: number; files: number; env: NodeJS.ProcessEnv },
): Promise<string[]> {
  const main = join(folder, 'repository');
  const git = (cwd: string, ...argv: string[]): Promise<unknown> => run('git', argv, { cwd, env });
  await mkdir(main);
  await git(main, 'init', '--quiet', '--initial-branch=main');
  await git(main, 'config', 'user.name', 'Bench');
  await git(main, 'config', 'user.email', 'bench@example.com');
  for (let i = 0; i < files; i++) {
    const inside = join(main, `folder-${Math.floor(i / 50)}`);
    if (i % 50 === 0) await mkdir(inside);
    await writeFile(join(inside, `file-${i}.txt`), `${i}\n`.repeat(20));
  }
  await git(main, 'add', '--all');
  await git(main, 'commit', '--quiet', '--no-verify', '--message', 'all files');
  const linked = Array.from({ length: worktrees - 1 }, (_, i) => join(folder, `worktree-${i + 1}`));
  // One by one: git fails when another one is just adding.
  for (const [i, path] of linked.entries()) {
    await git(main, 'worktree', 'add', '--quiet', '--no-track', '-b', `branch-${i + 1}`, path);
  }
  const all = [main, ...linked];
  for (const path of all) {
    await appendFile(join(path, 'folder-0', 'file-1.txt'), 'changed\n');
    await writeFile(join(path, 'new.txt'), 'new\n');
  }
  // Files as old as their index are read again by every status: git looks at whole seconds.
  await delay(1100);
  await pLimit(4).map(all, (path) => git(path, 'status', '--porcelain'));
  return all;
}
