import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, stat, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../core/errors';
import { exec } from '../exec/exec';
import { spawnDetached } from '../exec/spawnDetached';
import { adminRole, dataFolderIn, ensureDataFolder, type DataFolder } from './dataFolder';
import { freePort } from './freePort';
import { hastened } from './hastened';
import { carriedBinaries, findPostgres, program, usableBinaries, type PostgresBinaries } from './postgresBinaries';
import { mapPostgresError, meansUnreachable } from './postgresErrors';
import type { AdminConnection, PostgresServer } from './postgresServer';
import { isAlive, isServerOf, readPostmaster, removeStalePostmaster, type Postmaster } from './postmasterFile';
import { sharesBlocks } from './sharesBlocks';
import { serverAccount, type ServerAccount } from './serverAccount';
import { keepingSessions, withSession } from './session';
import { WantedServer } from './wantedServer';

export interface EmbeddedPostgresOptions {
  /** Folder for Coppice's own state. */
  readonly home: string;
  /** Folder with `postgres` and `initdb` that a person named; '' or undefined: looked for. Asked at every start of the server. */
  readonly binDirectory?: () => string | undefined;
  /** Folder of programs that come with the package; they are run from a copy. */
  readonly carried?: string;
  /** Where to look next, before the usual places. */
  readonly bundled?: readonly string[];
  /** Its PATH is looked through. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Settings of the server besides Coppice's own. */
  readonly settings?: Readonly<Record<string, string>>;
  /** For root, whose server runs as another account: a folder that account can reach. */
  readonly systemFolder?: string;
}

type Seen = Pick<Postmaster, 'pid' | 'port'> & { readonly connection: AdminConnection };
const readyTimeoutMs = 90_000;
const stopTimeoutMs = 60_000;
const pollMs = 15;
const attempts = 6;
const logLimitBytes = 5 * 1024 * 1024;
/** A segment of its log, without which it may not start. */
const neededBytes = 16 * 1024 * 1024;

/**
 * Of one person on one machine: it gives way to what else runs there. fsync stays on: a power cut must not cost every
 * database, and it costs little (medians of 15 on ext4: 269 ms a clone of a small template with it, 259 ms without).
 */
const serverSettings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '64MB',
  // Nothing replicates from here. Not `minimal`: the small files of a copy would be written, read again and logged, in one and a half times the time.
  wal_level: 'replica',
  max_wal_senders: '0',
  checkpoint_timeout: '15min',
  log_min_messages: 'warning',
  log_checkpoints: 'off',
  logging_collector: 'off',
  jit: 'off',
};

/**
 * A PostgreSQL server that Coppice starts: one per user, on loopback, with a generated password. It outlives who started it.
 * Two processes that start it at once get one server, because a data folder takes only one.
 */
export class EmbeddedPostgres implements PostgresServer {
  readonly #options: EmbeddedPostgresOptions;
  readonly #wanted: WantedServer;
  #starting: Promise<AdminConnection> | undefined;
  /** What has answered last. Whoever starts it opens a session, and hears there whether it still does. */
  #seen: Seen | undefined;

  constructor(options: EmbeddedPostgresOptions) {
    this.#options = options;
    this.#wanted = new WantedServer(options.home);
  }

  /** Folder of everything that the server keeps. */
  get folder(): string {
    const { home, systemFolder } = this.#options;
    if (process.getuid?.() !== 0) return path.join(home, 'postgres');
    // The other account can reach neither root's home nor a temporary folder of root's.
    const hash = createHash('sha256').update(path.resolve(home)).digest('hex').slice(0, 12);
    return path.join(systemFolder ?? '/var/lib/coppice', hash);
  }

  connect(signal?: AbortSignal): Promise<AdminConnection> {
    return this.start(signal);
  }

  find(): Promise<AdminConnection | undefined> {
    return this.probe();
  }

  async exists(): Promise<boolean> {
    const found = await stat(dataFolderIn(this.folder).data).catch(() => undefined);
    return found?.isDirectory() === true;
  }

  async freeBytes(): Promise<number | undefined> {
    const disk = await statfs(this.folder).catch(() => undefined);
    return disk && disk.bavail * disk.bsize;
  }

  /**
   * Starts it unless it runs. An abort ends the waiting; a server that is on its way up goes on.
   * @throws missingTool, conflict (data of another version), denied, failed, timeout
   */
  async start(signal?: AbortSignal): Promise<AdminConnection> {
    signal?.throwIfAborted();
    this.#starting ??= this.#startWanted().finally(() => {
      this.#starting = undefined;
    });
    const starting = this.#starting;
    if (!signal) return starting;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
      signal.addEventListener('abort', onAbort, { once: true });
      starting.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    });
  }

  /** How to reach it when it answers now; starts nothing and never rejects. */
  probe(): Promise<AdminConnection | undefined> {
    return this.#running();
  }

  /** @param trusts what has answered is not asked again while it is the same */
  async #running(trusts = false): Promise<AdminConnection | undefined> {
    const folder = dataFolderIn(this.folder);
    const postmaster = await readPostmaster(folder.data);
    if (postmaster?.status !== 'ready') return undefined;
    try {
      // A stranger that listens on the port of a dead server could ask for the password and be told.
      if (!(await isServerOf(postmaster.pid, folder.data))) return undefined;
      const { pid, port } = postmaster;
      const seen = this.#seen?.pid === pid && this.#seen.port === port ? this.#seen.connection : undefined;
      if (trusts && seen) return seen;
      this.#seen = { pid, port, connection: await verified(folder, port, seen) };
      return this.#seen.connection;
    } catch {
      return undefined;
    }
  }

  /** Ends it and every session on it, and lets nobody start it again. @returns false when it did not run. @throws timeout */
  async stop(): Promise<boolean> {
    const { data } = dataFolderIn(this.folder);
    await this.#wanted.unwant();
    const postmaster = await readPostmaster(data);
    if (!postmaster || !(await isServerOf(postmaster.pid, data))) return false;
    if (process.platform === 'win32') await this.#stopByTool(data);
    else process.kill(postmaster.pid, 'SIGINT');
    const deadline = performance.now() + stopTimeoutMs;
    // It takes its file away last; a process that nobody has collected yet still counts as alive.
    while (isAlive(postmaster.pid) && (await readPostmaster(data))?.pid === postmaster.pid) {
      if (performance.now() > deadline) {
        const within = `within ${stopTimeoutMs / 1000} s`;
        throw new AppError('timeout', `PostgreSQL (process ${postmaster.pid}) did not end ${within}.`);
      }
      await delay(pollMs);
    }
    return true;
  }

  async #stopByTool(data: string): Promise<void> {
    const binaries = await this.#binaries(undefined);
    await exec({
      file: program(binaries.folder, 'pg_ctl'),
      argv: ['stop', '-D', data, '-m', 'fast'],
      env: binaries.env,
      timeoutMs: stopTimeoutMs,
      maxOutputBytes: 100_000,
    });
  }

  async #binaries(account: ServerAccount | undefined): Promise<PostgresBinaries> {
    const { binDirectory, carried, bundled = [], env, systemFolder } = this.#options;
    const copies = account
      ? path.join(systemFolder ?? '/var/lib/coppice', 'binaries')
      : path.join(this.folder, 'binaries');
    const ours = carried === undefined ? [] : [carried];
    const folder = await findPostgres(binDirectory?.(), [...ours, ...bundled], env);
    return folder === carried ? carriedBinaries(folder, account, copies) : usableBinaries(folder, account, copies);
  }

  async #startWanted(): Promise<AdminConnection> {
    const connection = await this.#start();
    await this.#wanted.want(dataFolderIn(this.folder).data, this.#options.binDirectory?.());
    return connection;
  }

  async #start(): Promise<AdminConnection> {
    const running = await this.#running(true);
    if (running) return running;
    const account = await serverAccount();
    if (account) await mkdir(path.dirname(this.folder), { recursive: true, mode: 0o755 });
    const binaries = await this.#binaries(account);
    const folder = await ensureDataFolder(this.folder, binaries, account);
    const deadline = performance.now() + readyTimeoutMs;
    let failure: unknown;
    for (let attempt = 1; attempt <= attempts && performance.now() < deadline; attempt++) {
      const other = await readPostmaster(folder.data);
      if (other && (await isServerOf(other.pid, folder.data))) {
        const connection = await awaitReady(folder, other.pid, deadline);
        if (connection) return connection;
        continue;
      }
      await removeStalePostmaster(folder.data);
      const port = await freePort(await rememberedPort(folder));
      const pid = await this.#launch(binaries, account, folder, port);
      const connection = await awaitReady(folder, pid, deadline);
      if (connection) {
        await writeFile(folder.portFile, `${port}\n`);
        await closeToOthers(connection);
        return connection;
      }
      // Somebody else took the port or the folder, or the last server's children are still ending: again, a little later.
      failure = await logTail(folder.logFile);
      await delay(attempt * 100);
    }
    const isFull = ((await this.freeBytes()) ?? Infinity) < neededBytes;
    const message = `PostgreSQL does not start${isFull ? ': the disk of its folder is full' : ''}.`;
    throw new AppError(performance.now() < deadline ? 'failed' : 'timeout', message, {
      explanation:
        `${failure instanceof Error ? failure.message : typeof failure === 'string' ? failure : ''}\nIts log: ${folder.logFile}`.trim(),
    });
  }

  async #launch(
    binaries: PostgresBinaries,
    account: ServerAccount | undefined,
    folder: DataFolder,
    port: number,
  ): Promise<number> {
    const settings = Object.entries({ ...serverSettings, ...this.#options.settings, port: String(port) });
    const log = await stat(folder.logFile).catch(() => undefined);
    if (log && log.size > logLimitBytes) await rename(folder.logFile, `${folder.logFile}.1`);
    const { pid } = await spawnDetached({
      file: program(binaries.folder, 'postgres'),
      argv: ['-D', folder.data, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      cwd: path.parse(folder.data).root,
      env: binaries.env,
      logFile: folder.logFile,
      firstLine: false,
      timeoutMs: readyTimeoutMs,
      ...account?.ids,
    });
    return pid;
  }
}

async function rememberedPort(folder: DataFolder): Promise<number | undefined> {
  const port = Number(await readFile(folder.portFile, 'utf8').catch(() => ''));
  return Number.isInteger(port) && port > 0 && port < 65536 ? port : undefined;
}

async function verified(folder: DataFolder, port: number, seen?: AdminConnection): Promise<AdminConnection> {
  const password = (await readFile(folder.passwordFile, 'utf8')).trim();
  const url = `postgresql://${adminRole}@127.0.0.1:${port}/postgres`;
  const base = path.dirname(folder.logFile);
  const disk = {
    sharesBlocks: () => sharesBlocks(base),
    hastened: <T>(work: () => Promise<T>) => hastened(base, work),
  };
  const connection = seen?.password === password ? seen : keepingSessions({ url, password, ...disk });
  await withSession(connection, undefined, undefined, () => Promise.resolve());
  return connection;
}

/** @returns undefined when the process has ended without being ready. @throws denied, timeout */
async function awaitReady(folder: DataFolder, pid: number, deadline: number): Promise<AdminConnection | undefined> {
  for (;;) {
    const postmaster = await readPostmaster(folder.data);
    if (postmaster?.status === 'ready' && (postmaster.pid === pid || isAlive(postmaster.pid))) {
      try {
        return await verified(folder, postmaster.port);
      } catch (error) {
        if (!meansUnreachable(error)) throw mapPostgresError(error, 'Start PostgreSQL');
      }
    }
    if (!isAlive(pid) || performance.now() > deadline) return undefined;
    await delay(pollMs);
  }
}

/** By default every role may connect to the databases that come with a server, and see and make things there. */
async function closeToOthers(connection: AdminConnection): Promise<void> {
  await withSession(connection, undefined, undefined, async (session) => {
    await session.query('REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC');
  });
}

async function logTail(logFile: string): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-12).join('\n');
}
