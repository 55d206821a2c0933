import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../core/errors';
import { exec } from '../exec/exec';
import { program, type PostgresBinaries } from './postgresBinaries';
import type { ServerAccount } from './serverAccount';

export const adminRole = 'coppice';

/** Files of one embedded server. */
export interface DataFolder {
  readonly data: string;
  /** 0600: the administrator's password. */
  readonly passwordFile: string;
  readonly portFile: string;
  readonly logFile: string;
}

export function dataFolderIn(base: string): DataFolder {
  return {
    data: path.join(base, 'server', 'data'),
    passwordFile: path.join(base, 'server', 'password'),
    portFile: path.join(base, 'server', 'port'),
    logFile: path.join(base, 'server.log'),
  };
}

/**
 * Creates the data folder unless it is there. It is made aside and moved into place whole: neither a crash nor a second
 * process that does the same at the same time leaves half a one.
 *
 * @throws conflict when it belongs to another major version, failed
 */
export async function ensureDataFolder(
  base: string,
  binaries: PostgresBinaries,
  account: ServerAccount | undefined,
  signal?: AbortSignal,
): Promise<DataFolder> {
  const folder = dataFolderIn(base);
  const present = await versionOf(folder.data);
  if (present === undefined) await create(base, binaries, account, signal);
  const version = await versionOf(folder.data);
  if (version !== String(binaries.major)) {
    throw new AppError(
      'conflict',
      `The databases in ${folder.data} were made by PostgreSQL ${version ?? '?'}, but PostgreSQL ${binaries.major} is what was found.`,
      {
        explanation: `Name the programs of PostgreSQL ${version ?? '?'} in the setting postgres.binaries, or delete ${path.dirname(folder.data)} and all databases in it.`,
        remedy: { title: 'Open Settings', action: { kind: 'openSettings', setting: 'postgres.binaries' } },
      },
    );
  }
  return folder;
}

async function versionOf(data: string): Promise<string | undefined> {
  const text = await readFile(path.join(data, 'PG_VERSION'), 'utf8').catch(() => undefined);
  return text?.trim();
}

async function create(
  base: string,
  binaries: PostgresBinaries,
  account: ServerAccount | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  // The server's account passes through, and reads nothing but its data.
  const mode = account ? 0o711 : 0o700;
  await mkdir(base, { recursive: true, mode });
  await removeAbandoned(base);
  const aside = path.join(base, `new.${randomBytes(6).toString('hex')}`);
  const [data, passwordFile] = [path.join(aside, 'data'), path.join(aside, 'password')];
  try {
    await mkdir(aside, { mode });
    await chmod(aside, mode);
    await mkdir(data, { mode: 0o700 });
    await writeFile(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
    if (account) for (const file of [data, passwordFile]) await chown(file, account.ids.uid, account.ids.gid);
    const result = await exec(
      {
        file: program(binaries.folder, 'initdb'),
        argv: [
          '-D',
          data,
          '-U',
          adminRole,
          '--pwfile',
          passwordFile,
          '--auth',
          'scram-sha-256',
          ...locale(binaries.major),
        ],
        cwd: path.parse(base).root,
        env: binaries.env,
        timeoutMs: 120_000,
        maxOutputBytes: 100_000,
        onOverflow: 'keepEnd',
        ...account?.ids,
      },
      signal,
    );
    if (result.exitCode !== 0) {
      const reason = /^initdb: (?:error: )?(.+)$/m.exec(result.stderr)?.[1] ?? `initdb ended with ${result.exitCode}`;
      throw new AppError('failed', `PostgreSQL could not create its data folder: ${reason}`, {
        explanation: result.stderr.trim(),
      });
    }
    if (account) await chown(passwordFile, 0, 0);
    await rename(aside, path.join(base, 'server'));
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    // Another process moved its own into place first: that one is as good.
    if ((await versionOf(dataFolderIn(base).data)) === undefined) throw error;
  }
}

/** The same order and letters on every machine, and no library of the system whose update would break an index. */
function locale(major: number): string[] {
  const encoding = ['-E', 'UTF8'];
  if (major >= 17) return [...encoding, '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  return [...encoding, '--locale=C'];
}

const abandonedAfterMs = 60 * 60_000;

async function removeAbandoned(base: string): Promise<void> {
  for (const name of await readdir(base)) {
    if (!/^new\.[0-9a-f]{12}$/.test(name)) continue;
    const found = await stat(path.join(base, name)).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > abandonedAfterMs) {
      await rm(path.join(base, name), { recursive: true, force: true });
    }
  }
}
