import type { Stats } from 'node:fs';
import { lstat, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@coppice/host/errorCode';
import { writeFileAtomically } from '@coppice/host/writeFileAtomically';
import { AppError } from '../../core/errors';
import { withManagedBlock, withoutManagedBlock } from '../../core/text/managedBlock';
import type { Repository, Worktree } from '../../core/model';
import type { CopiedFiles, CopyNotes, SelectedFiles, WantedFiles, WorktreeFiles } from '../../core/ports/worktreeFiles';
import type { CopiedRecord } from '../../core/records/copiedRecord';
import { emptyHash, hashOf, isAsCopied, maxPatched, ownLines, readCopied, writeCopied } from './files/copiedFile';
import { copyFiles } from './files/copyFiles';
import { Git } from './program/git';
import { ignoredAmong } from './files/ignoredAmong';
import { inPartialFolder } from './files/inPartialFolder';
import { isReached } from './files/isReached';
import { selectFiles } from './files/selectFiles';

const tooLarge = `it is larger than ${maxPatched / 1_000_000} MB`;

/** Files in worktrees' folders; what was done with them is in `coppice-copied.json`, in each worktree's own git directory. */
export class GitWorktreeFiles implements WorktreeFiles {
  readonly #git: Git;

  /** @param env what git inherits: `process.env` */
  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.#git = new Git(env);
  }

  select(repository: Repository, wanted: WantedFiles, signal?: AbortSignal): Promise<SelectedFiles> {
    return selectFiles(this.#git, repository, wanted, signal);
  }

  copy(
    repository: Repository,
    worktree: Worktree,
    selected: SelectedFiles,
    notes: CopyNotes,
    signal?: AbortSignal,
  ): Promise<CopiedFiles> {
    return copyFiles(this.#git, repository, worktree, selected, notes, signal);
  }

  async takeBack(worktree: Worktree, notes: CopyNotes): Promise<void> {
    const record = await readCopied(worktree);
    const files = { ...record.files };
    let { fromExamples } = record;
    for (const [path, hash] of notes) {
      // What was cut off may not have been written down.
      const asNoted = { ...record, files: { [path]: hash } };
      if (!(await isReached(worktree.path, path)) || !(await isAsCopied(worktree, path, asNoted))) continue;
      await rm(join(worktree.path, path), { force: true });
      delete files[path];
      fromExamples = fromExamples?.filter((each) => each !== path);
    }
    await writeCopied(worktree, { ...record, files, ...(fromExamples === undefined ? {} : { fromExamples }) });
  }

  async patch(worktree: Worktree, path: string, lines: readonly string[], signal?: AbortSignal): Promise<boolean> {
    const file = join(worktree.path, path);
    const text = await readOwn(worktree, path);
    const record = await readCopied(worktree);
    // Where nothing is written down, a block is what a copy brought: only what it says as well is not kept.
    const isOwn = ownLines(record, path, 'utf8') ?? ((line: string) => lines.includes(line));
    const next = withManagedBlock(text ?? '', lines, isOwn);
    if (next === text && record.patched.includes(path)) return false;
    if (!(await ignoredAmong(this.#git, worktree.path, [path], signal)).has(path))
      throw new AppError(
        'conflict',
        `${path} is not ignored by git in ${worktree.path}: patch changes only files that nobody commits. Ignore it, or take it out of patch.`,
      );
    // A file that only Coppice has written is as if an empty one had been copied.
    const files = text === undefined ? { ...record.files, [path]: emptyHash } : record.files;
    const patched = [...new Set([...record.patched, path])].sort();
    const hashes = lines.map((line) => hashOf(Buffer.from(line)));
    const recordWith = (more: readonly string[]): CopiedRecord => ({
      ...{ ...record, files, patched },
      lines: { ...record.lines, [path]: [...more, ...hashes] },
    });
    const isOfOlder = record.patched.includes(path) && record.lines?.[path] === undefined;
    // Written down first, beside those that are still there: what is in the file and in no record would never go again.
    await writeCopied(worktree, isOfOlder ? { ...record, files, patched } : recordWith(record.lines?.[path] ?? []));
    await writeIn(worktree, file, next, ((await statOf(file))?.mode ?? 0o600) & 0o777);
    await writeCopied(worktree, recordWith([]));
    return next !== text;
  }

  async unpatch(worktree: Worktree, path: string): Promise<string | undefined> {
    const record = await readCopied(worktree);
    const left = await takeOut(worktree, path, record).catch((error: unknown) => {
      const code = errorCode(error);
      if (code === undefined) throw error;
      return code;
    });
    if (left !== undefined) return `${path} (${left})`;
    const lines = Object.entries(record.lines ?? {}).filter(([each]) => each !== path);
    await writeCopied(worktree, {
      ...record,
      patched: record.patched.filter((each) => each !== path),
      lines: Object.fromEntries(lines),
    });
    return undefined;
  }

  async patched(worktree: Worktree): Promise<readonly string[]> {
    return (await readCopied(worktree)).patched;
  }

  async copied(worktree: Worktree, signal?: AbortSignal): Promise<readonly string[]> {
    const paths = Object.keys((await readCopied(worktree)).files);
    if (paths.length === 0) return [];
    const listed = await this.#git.run(worktree.path, ['ls-files', '-z', '--cached'], { trust: 'read', signal });
    const tracked = new Set(listed.split('\0'));
    return paths.filter((path) => !tracked.has(path)).sort();
  }
}

/** Takes Coppice's lines out of a file, byte by byte: whatever else it is stays as it is. @returns why they stay */
async function takeOut({ path: folder }: Worktree, path: string, record: CopiedRecord): Promise<string | undefined> {
  const file = join(folder, path);
  if (!(await isReached(folder, path))) return 'a link or a file is on the way to it';
  const found = await statOf(file);
  if (!found) return undefined;
  if (!found.isFile()) return found.isSymbolicLink() ? 'it is a link' : 'it is no file';
  if (found.size > maxPatched) return tooLarge;
  const text = await readFile(file, 'latin1');
  const next = withoutManagedBlock(text, ownLines(record, path, 'latin1') ?? (() => false));
  if (next === '' && record.files[path] === emptyHash) await rm(file, { force: true });
  else if (next !== text) await writeIn({ path: folder }, file, Buffer.from(next, 'latin1'), found.mode & 0o777);
  return undefined;
}

/** What it is written to first may not be ignored as the file is. */
async function writeIn(
  { path }: Pick<Worktree, 'path'>,
  file: string,
  text: string | Uint8Array,
  mode: number,
): Promise<void> {
  await inPartialFolder(path, (partial) => writeFileAtomically(file, text, mode, join(partial, 'part')));
}

/** undefined: it is not there. @throws conflict for a link: what it leads to is somebody else's */
async function readOwn({ path: folder }: Worktree, path: string): Promise<string | undefined> {
  const file = join(folder, path);
  if (!(await isReached(folder, path)))
    throw new AppError(
      'conflict',
      `A link or a file is on the way to ${file}: patch would change what is elsewhere. Put a folder in its place.`,
    );
  const found = await statOf(file);
  if (!found) return undefined;
  if (!found.isFile())
    throw new AppError(
      'conflict',
      `${file} is no file of its own${found.isSymbolicLink() ? ' but a link' : ''}: patch would change what is elsewhere. Put a file in its place.`,
    );
  if (found.size > maxPatched)
    throw new AppError('conflict', `${file} cannot be patched: ${tooLarge}. Take it out of patch.`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(file));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new AppError('conflict', `${file} is not UTF-8 text: patch changes only text. Take it out of patch.`);
  }
}

async function statOf(file: string): Promise<Stats | undefined> {
  return lstat(file).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  });
}
