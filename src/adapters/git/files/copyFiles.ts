import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, lstat, mkdir, readFile, readlink, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '@coppice/host/errorCode';
import type { Repository, Worktree } from '../../../core/model';
import type { CopiedFiles, CopyNotes, SelectedFiles } from '../../../core/ports/worktreeFiles';
import { hashOfFile, hashOfLink, readCopied, writeCopied } from './copiedFile';
import { ignoredAmong } from './ignoredAmong';
import { inPartialFolder } from './inPartialFolder';
import { isReached } from './isReached';
import type { Git } from '../program/git';

/** Copies files of the main worktree into another one, and writes down what they were. */
export async function copyFiles(
  git: Git,
  repository: Repository,
  worktree: Worktree,
  { paths, hooks, left, examples = {} }: SelectedFiles,
  notes: CopyNotes,
  signal?: AbortSignal,
): Promise<CopiedFiles> {
  const all = [...hooks, ...paths, ...Object.keys(examples)];
  if (all.length === 0) return { copied: [], left };
  const record = await readCopied(worktree);
  const files: Record<string, string> = { ...record.files };
  const fromExamples = new Set(record.fromExamples);
  const copied: string[] = [];
  const kept = [...left];
  const reached: string[] = [];
  for (const path of all) {
    if (await isReached(worktree.path, path)) reached.push(path);
    else kept.push(`${path} (something else is there)`);
  }
  const ignored = await ignoredAmong(git, worktree.path, reached, signal);
  try {
    await inPartialFolder(worktree.path, async (partial) => {
      for (const path of reached) {
        signal?.throwIfAborted();
        if (!ignored.has(path)) {
          // It would be committed by whoever commits everything.
          kept.push(`${path} (git does not ignore it here)`);
          continue;
        }
        // What was copied once is its worktree's own: changed, or deleted.
        if (Object.hasOwn(record.files, path)) continue;
        const example = Object.hasOwn(examples, path) ? examples[path] : undefined;
        if (example !== undefined && !(await isPlainFile(worktree.path, example))) {
          kept.push(`${path} (${example}, which stands for it, is no file there)`);
          continue;
        }
        const from = example === undefined ? join(repository.root, path) : join(worktree.path, example);
        const outcome = await copyOne({ from, folder: worktree.path, partial }, path, notes);
        if (outcome.kind === 'copied') copied.push(path);
        if (outcome.kind === 'other') kept.push(`${path} (something else is there)`);
        if (outcome.kind === 'copied' || outcome.kind === 'same') files[path] = outcome.hash;
        if (outcome.kind !== 'copied') continue;
        // An earlier try may have had it of the example, and the main worktree has it now.
        if (example === undefined) fromExamples.delete(path);
        else if (await isCommitted(git, worktree.path, example, path, signal)) fromExamples.add(path);
      }
    });
  } finally {
    // Also of what was cut off: what is written down here is nobody's work.
    const ofExamples = fromExamples.size === 0 ? {} : { fromExamples: [...fromExamples].sort() };
    await writeCopied(worktree, { ...record, files, ...ofExamples });
  }
  return { copied, left: kept };
}

type Outcome = { readonly kind: 'copied' | 'same'; readonly hash: string } | { readonly kind: 'gone' | 'other' };

/** What a commit brings may be a link to anything. */
async function isPlainFile(folder: string, path: string): Promise<boolean> {
  return (
    (await isReached(folder, path)) && ((await lstat(join(folder, path)).catch(() => undefined))?.isFile() ?? false)
  );
}

/** Whether the content of a copy is in the history, maybe with other ends of lines (`core.autocrlf`): then it is nobody's work. */
async function isCommitted(
  git: Git,
  folder: string,
  example: string,
  copy: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const listed = await git.try(folder, ['ls-tree', '-z', 'HEAD', '--', example], { trust: 'read', signal });
  const [, id = ''] = /^\d+ blob ([0-9a-f]+)\t/.exec(listed ?? '') ?? [];
  const content = await readFile(join(folder, copy));
  // Each byte is one character of latin1.
  const unix = Buffer.from(content.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
  return [content, unix].some((each) => {
    const hash = createHash(id.length > 40 ? 'sha256' : 'sha1').update(`blob ${each.length}\0`);
    return hash.update(each).digest('hex') === id;
  });
}

interface Place {
  readonly from: string;
  readonly folder: string;
  readonly partial: string;
}

async function copyOne({ from, folder, partial }: Place, path: string, notes: CopyNotes): Promise<Outcome> {
  const to = join(folder, path);
  if (await lstat(to).catch(() => undefined)) {
    const hash = await hashOfFile(to);
    return hash !== undefined && hash === (await hashOfFile(from)) ? { kind: 'same', hash } : { kind: 'other' };
  }
  const found = await lstat(from).catch(() => undefined);
  // It was there when it was selected.
  if (!found) return { kind: 'gone' };
  if (!(await isReached(folder, path))) return { kind: 'other' };
  const target = found.isSymbolicLink() ? await readlink(from) : undefined;
  const part = join(partial, 'part');
  await rm(part, { force: true });
  // Whole or not at all: half a file would be kept by the next try.
  if (target === undefined) await copyFile(from, part, constants.COPYFILE_FICLONE);
  // Of what is written, and not of what somebody makes of it in the moment after.
  const hash = target === undefined ? await hashOfFile(part) : hashOfLink(target);
  if (hash === undefined) return { kind: 'gone' };
  await mkdir(dirname(to), { recursive: true });
  notes.set(path, hash);
  if (await isPut(() => (target === undefined ? putInPlace(part, to) : symlink(target, to))))
    return { kind: 'copied', hash };
  notes.delete(path);
  return { kind: 'other' };
}

/** Never over what came meanwhile, as a rename would. */
async function putInPlace(part: string, to: string): Promise<void> {
  // Where a file cannot have two names it is copied, which is not at once, but over nothing either.
  await link(part, to).catch(() => copyFile(part, to, constants.COPYFILE_EXCL));
}

async function isPut(put: () => Promise<void>): Promise<boolean> {
  try {
    await put();
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}
