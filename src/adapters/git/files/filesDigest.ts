import { createHash } from 'node:crypto';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../core/errors';
import type { Repository } from '../../../core/model';
import type { FilesAt } from '../../../core/ports/worktrees';
import type { Git } from '../program/git';

/**
 * A digest of names and contents, as git names contents: so that a folder has the one that its commit has without any of it being
 * checked out. Only where a filter or the ends of lines change what is checked out they differ.
 */
export async function filesDigest(
  git: Git,
  repository: Repository,
  at: FilesAt,
  path: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const entries =
    'commit' in at
      ? await committedFiles(git, repository, at.commit, path, signal)
      : await filesIn(join(at.folder, path), await blobHash(git, repository, signal), signal);
  if (entries.length === 0) return undefined;
  return createHash('sha256').update(JSON.stringify(entries.sort())).digest('hex');
}

/** Each as its path beneath the folder and the name of its content. */
async function committedFiles(
  git: Git,
  { root }: Repository,
  commit: string,
  path: string,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const ofRoot = path === '.';
  const argv = ['ls-tree', '-r', '-z', '--full-tree', commit, ...(ofRoot ? [] : ['--', path])];
  const listed = await git.run(root, argv, { trust: 'read', signal });
  const under = ofRoot ? '' : `${path}/`;
  return listed.split('\0').flatMap((line) => {
    const [, mode, kind, blob = '', name = ''] = /^(\d+) (\w+) ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
    // What it leads to may be anywhere, and change while the link stays as it is.
    if (mode === '120000')
      throw new AppError(
        'invalidInput',
        `${name} is a link in ${commit.slice(0, 7)}: what it leads to cannot be approved. Commit the file itself.`,
      );
    // The folder of a submodule is empty in a new worktree.
    return kind === 'blob' && name.startsWith(under) ? [`${name.slice(under.length)}\0${blob}`] : [];
  });
}

async function blobHash(
  git: Git,
  { root }: Repository,
  signal: AbortSignal | undefined,
): Promise<(content: Buffer) => string> {
  const format = await git.run(root, ['rev-parse', '--show-object-format'], { trust: 'read', signal });
  const algorithm = format.trim() === 'sha256' ? 'sha256' : 'sha1';
  return (content) => createHash(algorithm).update(`blob ${content.length}\0`).update(content).digest('hex');
}

/** All that is there, whether git knows it or ignores it. Links are followed, as by whoever reads the folder. */
async function filesIn(
  folder: string,
  hash: (content: Buffer) => string,
  signal: AbortSignal | undefined,
  under = '',
  above: readonly string[] = [],
): Promise<string[]> {
  signal?.throwIfAborted();
  const real = await realpath(folder).catch(() => undefined);
  if (real === undefined) return [];
  if (above.includes(real))
    throw new AppError('invalidInput', `${folder} is a link to a folder that it lies in: its files have no end.`);
  const entries: string[] = [];
  // Nobody can commit a file of this name.
  for (const name of (await readdir(folder).catch(() => [])).filter((each) => each !== '.git')) {
    const [inner, path] = [`${under}${name}`, join(folder, name)];
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory()) entries.push(...(await filesIn(path, hash, signal, `${inner}/`, [...above, real])));
    else if (found?.isFile()) entries.push(`${inner}\0${hash(await readFile(path, { signal }))}`);
  }
  return entries;
}
