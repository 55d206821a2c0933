import { codeOf } from './postgresErrors';
import type { ServerFacts } from './catalog';
import type { Session } from './session';

const megabyte = 1024 * 1024;

/**
 * How the template's files are best copied, as a clause of CREATE DATABASE.
 *
 * Writing the copy through the write-ahead log (the server's default since 15) costs by the byte; copying files costs by
 * the file, plus two checkpoints, and with reflinks (XFS, Btrfs, APFS) next to nothing by the byte. Measured: 9 MB in 400 files are
 * copied faster through the log on every file system, 1 GB in 306 files faster by file on every one, even where it is a full copy.
 * 58 MB in 1,504 files are faster by file where blocks are shared, and through the log elsewhere. The rules lie between.
 *
 * Where the file system has no reflinks, a server that is told to clone files copies them in full without saying so, and slower than
 * one that is told to copy: it begins to write them only once it waits for them. Where nobody knows, a clone has much to win.
 *
 * What a file costs is that it is waited for until it is on the disk. A server that waits for nothing (`fsync = off`) copies
 * small ones faster by file, too, on every file system. The bench `clones` has all three ways on each of them.
 */
export async function copyStrategy(session: Session, template: string, server: ServerFacts): Promise<string> {
  if (server.version < 150000) return '';
  const [settings] = await session.query<{ waits: boolean }>("SELECT current_setting('fsync')::boolean AS waits");
  const waits = settings?.waits !== false;
  const isNew = server.version >= 180000;
  const shares = isNew && waits ? await session.sharesBlocks() : undefined;
  if (waits && !(await isFasterByFile(session, template, server, shares === true))) return '';
  if (isNew) {
    try {
      await session.query(`SET file_copy_method = ${shares === false ? 'copy' : 'clone'}`);
    } catch (error) {
      // A server that was built without it does not know the value.
      if (codeOf(error) !== '22023') throw error;
    }
  }
  return ' STRATEGY FILE_COPY';
}

/** Runs a statement that copies files, where a clause says so. */
export async function copying<T>(session: Session, clause: string, work: () => Promise<T>): Promise<T> {
  return clause === '' ? work() : session.hastened(work);
}

/** Where files are waited for. */
async function isFasterByFile(
  session: Session,
  template: string,
  server: ServerFacts,
  shares: boolean,
): Promise<boolean> {
  // Only a superuser may count the files, and without their number the default is the safe choice.
  if (!server.isSuperuser) return false;
  const [row] = await session.query<{ bytes: string; files: string }>(
    `SELECT pg_database_size(oid) AS bytes, (SELECT count(*) FROM pg_ls_dir('base/' || oid, true, false)) AS files
       FROM pg_database WHERE datname = $1`,
    [template],
  );
  const [least, aFile] = shares ? [16, 1 / 64] : [64, 0.1];
  return Number(row?.bytes ?? 0) >= (least + Number(row?.files ?? 0) * aFile) * megabyte;
}
