import type { Repository } from '../../../core/model';
import type { FilesAt } from '../../../core/ports/worktrees';
import type { CommitFiles } from './commitFiles';
import type { Git } from '../program/git';

/** Files that git knows and that have one of these names, in any folder. */
export async function filesNamed(
  git: Git,
  files: CommitFiles,
  repository: Repository,
  at: FilesAt,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<string[]> {
  if (names.length === 0) return [];
  if ('folder' in at) {
    const patterns = names.map((name) => `:(top,glob)**/${name}`);
    const listed = await git.run(at.folder, ['ls-files', '-z', '--', ...patterns], { trust: 'read', signal });
    return [...new Set(listed.split('\0').filter(Boolean))];
  }
  const found: string[] = [];
  for (const [path, { mode, kind }] of await files.tree(repository, at.commit, signal))
    if (kind === 'blob' && mode.startsWith('100') && names.includes(path.slice(path.lastIndexOf('/') + 1)))
      found.push(path);
  return found;
}

/** Those of the folders, whether they are there or not, that git ignores and knows nothing in. */
export async function ignoredFolders(
  git: Git,
  folder: string,
  folders: readonly string[],
  signal?: AbortSignal,
): Promise<string[]> {
  if (folders.length === 0) return [];
  // The slash says that it is a folder, where there is none yet.
  const input = folders.map((each) => `${each}/\0`).join('');
  const argv = ['check-ignore', '-z', '--no-index', '--stdin'];
  // It ends with 1 where it has found nothing, and with 128 where something is wrong: then nothing is taken for ignored.
  const ignored = ((await git.try(folder, argv, { trust: 'read', signal, input })) ?? '').split('\0');
  const known = await git.run(folder, ['ls-files', '-z', '--', ...folders.map((each) => `:(top,literal)${each}`)], {
    trust: 'read',
    signal,
  });
  const files = known.split('\0').filter(Boolean);
  return folders.filter(
    (each) => ignored.includes(`${each}/`) && !files.some((file) => file === each || file.startsWith(`${each}/`)),
  );
}
