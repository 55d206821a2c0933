import { errorCode } from '@coppice/host/errorCode';
import { writeFileAtomically } from '@coppice/host/writeFileAtomically';
import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Repository } from '../../../core/model';
import { deletedRecord, type DeletedRecord } from '../../../core/records/deletedRecord';
import { understandRecord } from '../../../core/records/understandRecord';

/*
 * The trash: `coppice-trash` in the common git directory. In it lie
 *
 * - `<id>`: a folder that a delete has set aside, and has not decided about: the next delete puts it back;
 * - `<id>.deleted`: the entry of a delete that can be undone, made before anything is given up. Once it has the `registration` (the
 *   worktree's own git directory, by a rename), git knows of no worktree, and it is deleted; then its `.git` becomes the `gitfile`, and
 *   `<id>` its `folder`;
 * - `….decided`: what may go, whoever sweeps. `<id>.emptied.decided` was an entry that a person has given up before its time: the refs that
 *   its record names go with it.
 *
 * An id begins with the time, for whoever looks at it; what counts is the record.
 */

export type InTrash = Pick<Repository, 'commonDir'>;

const entrySuffix = '.deleted';
const emptiedSuffix = '.emptied';
const recordName = 'record.json';
export const decidedSuffix = '.decided';

/** Where an entry lies, and what it may hold. */
export class TrashEntry {
  readonly folder: string;
  readonly registration: string;
  readonly reflog: string;
  readonly record: string;
  /** When a sweep saw first that its time was over. */
  readonly sighting: string;
  /** The folder's own `.git`, and what is put in its place. */
  readonly gitFile: string;
  readonly closed: string;
  /** Where the folder is while nothing is decided, and for moments after. */
  readonly aside: string;
  /** Keeps git from clearing away what nothing else reaches. */
  readonly keepRef: string;

  constructor(
    repository: InTrash,
    readonly id: string,
  ) {
    this.aside = join(trashFolder(repository), id);
    this.keepRef = `refs/coppice/trash/${id}`;
    this.folder = join(this.path, 'folder');
    this.registration = join(this.path, 'registration');
    this.reflog = join(this.path, 'reflog');
    this.record = join(this.path, recordName);
    this.sighting = join(this.path, 'sighting.json');
    this.gitFile = join(this.path, 'gitfile');
    this.closed = join(this.path, 'deleted');
  }

  get path(): string {
    return `${this.aside}${entrySuffix}`;
  }

  /** Where it is once a person has given it up. */
  get emptied(): string {
    return `${this.aside}${emptiedSuffix}${decidedSuffix}`;
  }

  async make(record: DeletedRecord): Promise<void> {
    await mkdir(this.path, { recursive: true });
    const text = JSON.stringify({ version: deletedRecord.version, ...record }, undefined, 2);
    await writeFileAtomically(this.record, `${text}\n`);
  }

  /** undefined: there is none. @throws failed when it cannot be understood */
  read(): Promise<DeletedRecord | undefined> {
    return readRecordIn(this.path);
  }

  /** Where its folder is: in the entry, or beside it, where the delete was cut off in that moment; undefined: in neither. */
  async folderNow(): Promise<string | undefined> {
    for (const place of [this.folder, this.aside]) if (await isFolder(place)) return place;
    return undefined;
  }

  /** Whether it is what a delete left, not one that is yet to decide, or was taken back. */
  isDecided(): Promise<boolean> {
    return isFolder(this.registration);
  }

  /** What is in it that it has no name for. */
  async strangers(): Promise<string[]> {
    const { folder, gitFile, closed, registration, reflog, record, sighting } = this;
    const parts = [folder, gitFile, closed, registration, reflog, record, sighting].map((path) => basename(path));
    return (await readdir(this.path)).filter((name) => !parts.includes(name));
  }

  /** Its last part: to be called when nothing else of it is there. */
  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

/** @param path where the entry lies now @returns undefined: there is none @throws failed when it cannot be understood */
export async function readRecordIn(path: string): Promise<DeletedRecord | undefined> {
  const file = join(path, recordName);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const wayOut = `Its files are in ${path}: nothing was changed.`;
  return understandRecord(deletedRecord, text, { path: file, wayOut });
}

export function newTrashId(): string {
  return `${Date.now()}-${randomUUID()}`;
}

export function trashFolder({ commonDir }: InTrash): string {
  return join(commonDir, 'coppice-trash');
}

/** All of the trash. Never rejects: there may be none; a link in its place leads to what is somebody else's. */
export async function namesInTrash(repository: InTrash): Promise<string[]> {
  const trash = trashFolder(repository);
  return (await isFolder(trash)) ? readdir(trash).catch(() => []) : [];
}

/** Newest first, by their names. A link in the place of one is none. */
export async function entriesIn(repository: InTrash): Promise<TrashEntry[]> {
  const entries = (await namesInTrash(repository))
    .filter((name) => isTrashName(name) && name.endsWith(entrySuffix))
    .sort((one, other) => takenAt(other) - takenAt(one))
    .map((name) => new TrashEntry(repository, name.slice(0, -entrySuffix.length)));
  const found: TrashEntry[] = [];
  for (const entry of entries) if (await isFolder(entry.path)) found.push(entry);
  return found;
}

/** Folders that are set aside, and that no entry has decided about. */
export async function undecidedIn(repository: InTrash): Promise<string[]> {
  const undecided: string[] = [];
  for (const name of await namesInTrash(repository)) {
    if (name.endsWith(decidedSuffix) || name.endsWith(entrySuffix)) continue;
    if (!(await new TrashEntry(repository, name).isDecided())) undecided.push(join(trashFolder(repository), name));
  }
  return undecided;
}

/** When it was set aside, by its name. */
export function takenAt(path: string): number {
  return Number(/(?:^|\.)(\d+)-[0-9a-f-]{36}(?:\.|$)/.exec(basename(path))?.[1] ?? 0);
}

/** Those that a person has given up, and that are not gone yet. */
export async function emptiedIn(repository: InTrash): Promise<TrashEntry[]> {
  const suffix = `${emptiedSuffix}${decidedSuffix}`;
  const names = (await namesInTrash(repository)).filter((name) => isTrashName(name) && name.endsWith(suffix));
  return names.map((name) => new TrashEntry(repository, name.slice(0, -suffix.length)));
}

/** Whether a delete may have given it: what is called otherwise is somebody else's. */
export function isTrashName(name: string): boolean {
  return idPattern.test(name);
}

const idPattern = /^\d+-[0-9a-f-]{36}(?:\.|$)/;

/** What no rename within a file system changes. */
export async function placeOnDisk(path: string): Promise<string> {
  const { dev, ino } = await lstat(path, { bigint: true });
  return `${dev}:${ino}`;
}

/**
 * Whether a folder is the one that was at a place on the disk of the trash. A disk's number is another after a restart on some file
 * systems (btrfs, ZFS, APFS, NFS), so what counts is the one that the trash has now.
 *
 * @param place of `placeOnDisk`
 */
export async function isAtPlace(repository: InTrash, folder: string, place: string): Promise<boolean> {
  const { dev, ino } = await lstat(folder, { bigint: true });
  const trash = await lstat(trashFolder(repository), { bigint: true });
  return dev === trash.dev && String(ino) === place.split(':').at(-1);
}

/** Links are none. */
export async function isFolder(path: string): Promise<boolean> {
  return lstat(path).then(
    (stat) => stat.isDirectory(),
    () => false,
  );
}
