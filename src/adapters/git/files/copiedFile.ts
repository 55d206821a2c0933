import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { writeFileAtomically } from '@coppice/host/writeFileAtomically';
import { everyLine, withoutManagedBlock, type IsOwnLine } from '../../../core/text/managedBlock';
import type { Worktree } from '../../../core/model';
import { copiedRecord, type CopiedRecord } from '../../../core/records/copiedRecord';
import { recordOrNothing } from '../../../core/records/understandRecord';

export const nothingCopied: CopiedRecord = { version: 1, files: {}, patched: [] };

/** Of a file that only Coppice has written: as if an empty one had been copied. */
export const emptyHash = hashOf(Buffer.alloc(0));

/** In bytes. Env files are small, and what has lines of Coppice's is read as a whole. */
export const maxPatched = 1_000_000;

/** One that is damaged says nothing: then every file counts as work. @throws failed for a newer one */
export async function readCopied({ gitDir }: Pick<Worktree, 'gitDir'>): Promise<CopiedRecord> {
  const path = pathOf(gitDir);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return (text === undefined ? undefined : recordOrNothing(copiedRecord, text, path)) ?? nothingCopied;
}

export async function writeCopied({ gitDir }: Pick<Worktree, 'gitDir'>, record: CopiedRecord): Promise<void> {
  await writeFileAtomically(pathOf(gitDir), `${JSON.stringify(record, undefined, 2)}\n`);
}

/** Of what a path is; undefined: neither a file nor a link. */
export async function hashOfFile(path: string): Promise<string | undefined> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isSymbolicLink()) return hashOfLink(await readlink(path));
  if (!found?.isFile()) return undefined;
  const hash = createHash('sha256');
  // What is copied may be larger than a buffer can be.
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Whether a file is what was copied to `path`, but for the lines that Coppice keeps at its end. */
export async function isAsCopied(
  { path: folder }: Pick<Worktree, 'path'>,
  path: string,
  record: CopiedRecord,
): Promise<boolean> {
  const hash = record.files[path];
  if (hash === undefined) return false;
  const file = join(folder, path);
  if ((await hashOfFile(file)) === hash) return true;
  // Each byte is one character of latin1, so that whatever else the file is stays as it is.
  const isOwn = ownLines(record, path, 'latin1');
  if (!isOwn) return false;
  const found = await lstat(file).catch(() => undefined);
  if (!found?.isFile() || found.size > maxPatched) return false;
  return hashOf(Buffer.from(withoutManagedBlock(await readFile(file, 'latin1'), isOwn), 'latin1')) === hash;
}

/** Which lines of a file are Coppice's; undefined: it has none there. */
export function ownLines(
  { patched, lines }: CopiedRecord,
  path: string,
  encoding: 'utf8' | 'latin1',
): IsOwnLine | undefined {
  if (!patched.includes(path)) return undefined;
  const hashes = lines?.[path];
  return hashes === undefined ? everyLine : (line) => hashes.includes(hashOf(Buffer.from(line, encoding)));
}

export function hashOfLink(target: string): string {
  return hashOf(Buffer.from(`-> ${target}`));
}

export function hashOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function pathOf(gitDir: string): string {
  return join(gitDir, 'coppice-copied.json');
}
