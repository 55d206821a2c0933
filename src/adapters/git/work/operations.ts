import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasRefTables, rootRefs } from '../history/refTables';
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
  if (await hasRefTables(gitDir)) for (const name of (await rootRefs(git, gitDir, refs)).keys()) names.add(name);
  const found = Object.keys(operations)
    .filter((name) => names.has(name))
    .map((name) => operations[name] ?? name);
  // Between two commits of a sequence nothing else is left of it.
  if (names.has('sequencer')) {
    const todo = await readFile(join(gitDir, 'sequencer', 'todo'), 'utf8').catch(() => '');
    if (todo !== '') found.push(todo.startsWith('revert') ? 'revert' : 'cherry-pick');
  }
  // Git leaves the folder at its end, empty.
  if (names.has(mergedNotes) && (await readdir(join(gitDir, mergedNotes)).catch(() => [])).length > 0)
    found.push('merge of notes');
  return [...new Set(found)];
}

/** Where conflicts of `git notes merge` are resolved, by a person. */
const mergedNotes = 'NOTES_MERGE_WORKTREE';

/** Where a rebase writes the commit of what it took away at its begin and gives back at its end. */
const autostashFiles = ['rebase-merge/autostash', 'rebase-apply/autostash'];
/** The same of a merge, and of a `git checkout --merge` (git 2.55). */
const autostashRefs = ['MERGE_AUTOSTASH', 'CHECKOUT_AUTOSTASH_HEAD'];

/** Files with changes that what is in progress has put aside (`--autostash`): no status shows them. */
export async function autostashedFiles(git: Git, gitDir: string, signal?: AbortSignal): Promise<string[]> {
  const files: string[] = [];
  for (const id of await autostashes(git, gitDir, signal)) {
    const argv = ['diff-tree', '-r', '-z', '--name-only', '--no-commit-id', `${id}^`, id, '--'];
    const output = await git.try(gitDir, argv, { trust: 'check', signal, env: { GIT_DIR: gitDir } });
    const named = output?.split('\0').filter((path) => path !== '') ?? [];
    files.push(...(named.length === 0 ? [id.slice(0, 10)] : named));
  }
  return files.map((file) => `${file} (autostash)`);
}

async function autostashes(git: Git, gitDir: string, signal?: AbortSignal): Promise<string[]> {
  const texts = await Promise.all(
    [...autostashFiles, ...autostashRefs].map((name) => readFile(join(gitDir, name), 'utf8').catch(() => '')),
  );
  const written = texts.map((text) => text.trim()).filter((text) => /^[0-9a-f]{40,64}$/.test(text));
  if (!(await hasRefTables(gitDir))) return written;
  return [...written, ...(await rootRefs(git, gitDir, autostashRefs, signal)).values()];
}
