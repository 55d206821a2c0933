import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository, Worktree } from '../../../core/model';
import { leftHeads } from './leftHeads';
import type { Git } from '../program/git';
import { isNoCommit } from '../program/parseWorktreeList';
import { hasRefTables, logInTables, parseLog, rootRefs } from './refTables';
import { aliasesOf, stayingRefs } from './stayingRefs';

/*
 * What only a worktree's own git directory, and the reflog of its branch, reach: once both are out of git's sight, its clearing
 * up (`git gc`) would take that away. A ref of ours keeps it as long as the worktree can be brought back.
 */

/** Commits of the worktree that nothing but it and its branch reaches: what a person wants back. HEAD first, then HEADs that were left. */
export async function unreachedTips(
  git: Git,
  repository: Repository,
  worktree: Worktree,
  goes: string | undefined,
): Promise<string[]> {
  const head = isNoCommit(worktree.head) ? [] : [worktree.head];
  const tips = [...new Set([...head, ...(await leftHeads(git, worktree))])];
  const unreached = await unreachedOf(git, repository, tips, goes);
  const found: string[] = [];
  for (const tip of tips) {
    if (!unreached.has(tip)) continue;
    // What a tip before it reaches needs no ref of its own.
    const more = found.length === 0 ? unreached : await unreachedOf(git, repository, [tip], goes, found);
    if (more.has(tip)) found.push(tip);
  }
  return found;
}

/**
 * Makes the ref. @param reflog of the branch, where it was kept
 * @returns whether there was anything to keep
 */
export async function keepObjects(
  git: Git,
  repository: Repository,
  worktree: Worktree,
  { ref, reflog, goes }: { readonly ref: string; readonly reflog: string; readonly goes: string | undefined },
): Promise<boolean> {
  const [written, told, staged] = await Promise.all([
    idsIn([reflog], worktree),
    idsInTables(git, worktree),
    stagedBlobs(git, worktree),
  ]);
  const named = new Set([...written, ...told]);
  // Each process counts while a person waits: of HEAD it is known what it is.
  const others = [...new Set([...named, ...staged])].filter((id) => id !== worktree.head);
  const kinds = await kindsOf(git, repository, others);
  if (named.has(worktree.head)) kinds.set('commit', [worktree.head, ...(kinds.get('commit') ?? [])]);
  const unreached = await unreachedOf(git, repository, kinds.get('commit') ?? [], goes);
  const parents = (kinds.get('commit') ?? []).filter((id) => unreached.has(id));
  const blobs = (kinds.get('blob') ?? []).map((id) => `100644 blob ${id}\t${id}\0`);
  const trees = (kinds.get('tree') ?? []).map((id) => `040000 tree ${id}\t${id}\0`);
  if (parents.length + blobs.length + trees.length === 0) return false;
  const entries = [...blobs, ...trees];
  const [parent = ''] = parents;
  const tree =
    entries.length === 0
      ? `${parent}^{tree}`
      : (await git.run(repository.root, ['mktree', '-z'], { trust: 'read', input: entries.join('') })).trim();
  let commit: string | undefined;
  // One after the other: a command line has an end, on Windows after 32767 characters.
  for (let from = 0; from === 0 || from < parents.length; from += mostParents) {
    const these = [...(commit === undefined ? [] : [commit]), ...parents.slice(from, from + mostParents)];
    const argv = ['commit-tree', tree, ...these.flatMap((id) => ['-p', id]), '-m', `What only ${worktree.path} had`];
    commit = (await git.run(repository.root, argv, { trust: 'read', env: signature })).trim();
  }
  await git.run(repository.root, ['update-ref', ref, commit ?? ''], { trust: 'write' });
  return true;
}

/** All that is written in files, and in those of the worktree's git directory, in the form of an id. */
async function idsIn(files: readonly string[], { gitDir }: Worktree): Promise<Set<string>> {
  const ids = new Set<string>();
  for (const file of [...(await smallFiles(gitDir)), ...files]) {
    const text = await readFile(file, 'latin1').catch(() => '');
    for (const [id] of text.matchAll(/\b(?:[0-9a-f]{64}|[0-9a-f]{40})\b/g)) if (!isNoCommit(id)) ids.add(id);
  }
  return ids;
}

/** What git writes there of its own where refs are in tables: the log of HEAD, refs without a folder, and those that are the worktree's. */
async function idsInTables(git: Git, { gitDir }: Worktree): Promise<string[]> {
  if (!(await hasRefTables(gitDir))) return [];
  const own = ['for-each-ref', '--format=%(objectname)', '--', 'refs/worktree', 'refs/bisect', 'refs/rewritten'];
  const [log, roots, refs] = await Promise.all([
    logInTables(git, gitDir, 'HEAD'),
    rootRefs(git, gitDir, rootNames),
    git.try(gitDir, own, { trust: 'read', env: { GIT_DIR: gitDir } }),
  ]);
  const ids = [...parseLog(log).map(({ to }) => to), ...roots.values(), ...(refs ?? '').split('\n')];
  return ids.filter((id) => id !== '' && !isNoCommit(id));
}

/** gitglossary(7), and what merges, cherry-picks, bisects and merges of notes note. */
const rootNames = [
  ...['HEAD', 'ORIG_HEAD', 'AUTO_MERGE', 'MERGE_AUTOSTASH', 'CHECKOUT_AUTOSTASH_HEAD', 'CHERRY_PICK_HEAD'],
  ...['REVERT_HEAD', 'REBASE_HEAD', 'BISECT_EXPECTED_REV', 'BISECT_HEAD', 'NOTES_MERGE_PARTIAL'],
];

const mostParents = 200;

/** Nobody's: it is no commit of a person's. */
const signature = {
  GIT_AUTHOR_NAME: 'Coppice',
  GIT_AUTHOR_EMAIL: 'coppice@localhost',
  GIT_COMMITTER_NAME: 'Coppice',
  GIT_COMMITTER_EMAIL: 'coppice@localhost',
};

/** All commits that the given ones reach, and no branch that stays, no remote-tracking branch and no tag. */
async function unreachedOf(
  git: Git,
  repository: Repository,
  tips: readonly string[],
  goes: string | undefined,
  not: readonly string[] = [],
): Promise<Set<string>> {
  if (tips.length === 0) return new Set();
  const input = `${[...tips, ...not.map((id) => `^${id}`)].join('\n')}\n`;
  const beside = async (without: readonly string[]): Promise<Set<string>> => {
    const argv = ['rev-list', '--ignore-missing', '--stdin', '--not', ...stayingRefs(without)];
    return new Set((await git.run(repository.root, argv, { trust: 'read', input })).split('\n').filter(Boolean));
  };
  const found = await beside(goes === undefined ? [] : [goes]);
  if (found.size > 0 || goes === undefined) return found;
  const aliases = await aliasesOf(git, repository, goes, { trust: 'read' });
  return aliases.length === 0 ? found : beside([goes, ...aliases]);
}

/** What is in the index, and not in HEAD; of a conflict, all sides. */
async function stagedBlobs(git: Git, { gitDir, head }: Worktree): Promise<string[]> {
  const options = { trust: 'read', env: { GIT_DIR: gitDir } } as const;
  const listed = async (...more: string[]): Promise<string[]> => {
    const output = (await git.try(gitDir, ['ls-files', ...more, '-z'], options)) ?? '';
    return [...output.matchAll(/(?:^|\0)\d+ ([0-9a-f]+) /g)].map(([, id = '']) => id);
  };
  if (isNoCommit(head)) return listed('--stage');
  const argv = ['diff-index', '--cached', '--raw', '--no-renames', '--no-abbrev', '-z', 'HEAD', '--'];
  const output = await git.try(gitDir, argv, options);
  const differing = [...(output ?? '').matchAll(/(?:^|\0):\d+ \d+ [0-9a-f]+ ([0-9a-f]+) ([A-Z])/g)];
  const staged = differing.map(([, id = '']) => id).filter((id) => !isNoCommit(id));
  const hasConflict = output === undefined || differing.some(([, , status]) => status === 'U');
  return hasConflict ? [...staged, ...(await listed('--unmerged'))] : staged;
}

/** Those that are there, by what they are. */
async function kindsOf(git: Git, repository: Repository, ids: readonly string[]): Promise<Map<string, string[]>> {
  const kinds = new Map<string, string[]>();
  if (ids.length === 0) return kinds;
  const argv = ['cat-file', '--batch-check=%(objectname) %(objecttype)'];
  // What a partial clone has not yet is not to be fetched for this.
  const options = { trust: 'read', input: `${ids.join('\n')}\n`, env: { GIT_NO_LAZY_FETCH: '1' } } as const;
  for (const [, id = '', kind = ''] of (await git.run(repository.root, argv, options)).matchAll(
    /^([0-9a-f]+) (commit|tree|blob)$/gm,
  ))
    kinds.set(kind, [...(kinds.get(kind) ?? []), id]);
  return kinds;
}

const maxSize = 10_000_000;

/** Files of a worktree's git directory in which git writes ids: without the index, and without submodules' repositories. */
async function smallFiles(folder: string, isTop = true): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!(isTop && entry.name === 'modules')) found.push(...(await smallFiles(path, false)));
    } else if (entry.isFile() && entry.name !== 'index') {
      const { size } = await stat(path);
      if (size <= maxSize) found.push(path);
    }
  }
  return found;
}
