import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from '../program/git';

const operations: Readonly<Record<string, string>> = {
  'rebase-merge': 'rebase',
  'rebase-apply': 'rebase',
  MERGE_HEAD: 'merge',
  CHERRY_PICK_HEAD: 'cherry-pick',
  REVERT_HEAD: 'revert',
  BISECT_LOG: 'bisect',
};

/** With reftables these are no files, but in them. */
const refs = ['CHERRY_PICK_HEAD', 'REVERT_HEAD'];

/** What git has begun and not finished, by what it left in the git directory. */
export async function operationsIn(git: Git, gitDir: string): Promise<string[]> {
  const names = new Set(await readdir(gitDir).catch(() => []));
  if (names.has('reftable'))
    for (const name of refs) {
      const argv = ['rev-parse', '--verify', '--quiet', name];
      if ((await git.try(gitDir, argv, { trust: 'read', env: { GIT_DIR: gitDir } })) !== undefined) names.add(name);
    }
  const found = Object.keys(operations)
    .filter((name) => names.has(name))
    .map((name) => operations[name] ?? name);
  // Between two commits of a sequence nothing else is left of it.
  if (names.has('sequencer')) {
    const todo = await readFile(join(gitDir, 'sequencer', 'todo'), 'utf8').catch(() => '');
    if (todo !== '') found.push(todo.startsWith('revert') ? 'revert' : 'cherry-pick');
  }
  return [...new Set(found)];
}

/** Where rebase and merge write the commit of what they took away at their begin and give back at their end. */
const autostashes = ['rebase-merge/autostash', 'rebase-apply/autostash', 'MERGE_AUTOSTASH'];

/** Files with changes that a rebase or merge in progress has put aside (`--autostash`): no status shows them. */
export async function autostashedFiles(git: Git, gitDir: string, signal?: AbortSignal): Promise<string[]> {
  const files: string[] = [];
  for (const name of autostashes) {
    const id = (await readFile(join(gitDir, name), 'utf8').catch(() => '')).trim();
    if (!/^[0-9a-f]{40,64}$/.test(id)) continue;
    const argv = ['diff-tree', '-r', '-z', '--name-only', '--no-commit-id', `${id}^`, id, '--'];
    const output = await git.try(gitDir, argv, { trust: 'check', signal, env: { GIT_DIR: gitDir } });
    const named = output?.split('\0').filter((path) => path !== '') ?? [];
    files.push(...(named.length === 0 ? [id.slice(0, 10)] : named));
  }
  return files.map((file) => `${file} (autostash)`);
}
