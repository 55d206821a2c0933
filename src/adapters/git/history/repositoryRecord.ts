import { createHash } from 'node:crypto';
import { mkdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { repositoryRecord, type RepositoryRecord } from '../../../core/records/repositoryRecord';
import { understandRecord } from '../../../core/records/understandRecord';
import { createFileAtomically } from '@coppice/host/createFileAtomically';
import { writeFileAtomically } from '@coppice/host/writeFileAtomically';
import { errorCode } from '@coppice/host/errorCode';

/*
 * A repository's id. Until it is recorded it is derived from where its git directory lies, so that reading needs no
 * writing; recorded, it survives a move. A copy of the folder brings the record along: it is told by the git directory that
 * the record names, and the copy gets an id of its own.
 */

/** The id that counts now. Writes nothing. @throws failed when there is a record that cannot be understood */
export async function readRepositoryId(commonDir: string): Promise<string> {
  const record = await readRecord(commonDir);
  const isOwn = record !== undefined && (await belongsTo(record, commonDir));
  return isOwn ? record.id : derivedId(commonDir);
}

/** Where the main worktree was when the repository was recorded. Never rejects. */
export async function recordedRoot(commonDir: string): Promise<string | undefined> {
  const record = await readRecord(commonDir).catch(() => undefined);
  return record?.root;
}

/** Records the id, so that it survives a move. Several at once agree on one. */
export async function recordRepositoryId(commonDir: string, root: string): Promise<string> {
  const path = recordPath(commonDir);
  await mkdir(dirname(path), { recursive: true });
  const id = await readRepositoryId(commonDir);
  const own: RepositoryRecord = { version: 1, id, ...(await placeOf(commonDir)), root };
  const text = `${JSON.stringify(own, undefined, 2)}\n`;
  if (await createFileAtomically(path, text)) return id;
  const found = await readRecord(commonDir);
  const isSame = (['id', 'commonDir', 'inode', 'root'] as const).every((field) => found?.[field] === own[field]);
  if (!isSame) await writeFileAtomically(path, text);
  return id;
}

function recordPath(commonDir: string): string {
  return join(commonDir, 'coppice', 'repository.json');
}

async function placeOf(commonDir: string): Promise<{ commonDir: string; inode: string }> {
  const { dev, ino } = await stat(commonDir, { bigint: true });
  return { commonDir: await realpath(commonDir), inode: `${dev}:${ino}` };
}

async function derivedId(commonDir: string): Promise<string> {
  const place = await placeOf(commonDir);
  return createHash('sha256').update(`repository\0${place.commonDir}\0${place.inode}`).digest('hex').slice(0, 12);
}

async function belongsTo(record: RepositoryRecord, commonDir: string): Promise<boolean> {
  const place = await placeOf(commonDir);
  if (record.commonDir === place.commonDir || record.inode === place.inode) return true;
  // Moved to another file system, or copied: copied, if the one that it names is still there under the same id.
  // One that cannot be read is there all the same.
  const named = await readRecord(record.commonDir).catch(() => record);
  return named?.id !== record.id;
}

async function readRecord(commonDir: string): Promise<RepositoryRecord | undefined> {
  const path = recordPath(commonDir);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
  return understandRecord(repositoryRecord, text, {
    path,
    wayOut: 'Restore it, or delete it if no environment is left.',
  });
}
