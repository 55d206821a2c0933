import { parseRecord } from '@coppice/host/parseRecord';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessWatch } from '../process/processWatch';
import { DatabaseKeeper, LOOK_MS } from './databaseKeeper';

interface Parts {
  /** The folder that holds the file which says that a server is wanted, and where its data is. */
  home: string;
  /** `coppice`: it knows how a server is started, and who has to hear of another address. */
  cliProgram: string;
  watch: Pick<ProcessWatch, 'add' | 'remove'>;
  log(message: string): void;
}

interface Wanted {
  data: string;
  /** The folder with PostgreSQL's programs that somebody named. */
  binaries: string | undefined;
}

/**
 * Starts the database server of Coppice's own again when it dies: the services of all environments need it, and nobody else lives as
 * long as they do. A stop takes the wish for it away first, and so is not undone. Returns what ends the keeping.
 */
export function keepDatabases({ home, cliProgram, watch, log }: Parts): () => void {
  const keeper = new DatabaseKeeper();
  let end: (() => void) | undefined;
  let isOver = false;
  const look = async (): Promise<void> => {
    const wanted = await readWanted(home);
    const isAlive = wanted !== undefined && (await isServerAlive(wanted.data));
    if (isOver || end || !keeper.look({ isWanted: wanted !== undefined, isAlive }, performance.now())) return;
    if (!existsSync(cliProgram)) return log(`PostgreSQL has ended, and there is no ${cliProgram} to start it`);
    log('PostgreSQL has ended: starting it again');
    end = startAgain(wanted, (outcome) => {
      end = undefined;
      log(outcome);
    });
  };
  const timer = setInterval(() => void look(), LOOK_MS);
  timer.unref();

  function startAgain(wanted: Wanted | undefined, done: (outcome: string) => void): () => void {
    const child = spawn(process.execPath, [cliProgram, 'cluster', 'return-database'], {
      env: {
        ...process.env,
        COPPICE_HOME: home,
        COPPICE_POSTGRES_URL: '',
        ...(wanted?.binaries === undefined ? {} : { COPPICE_POSTGRES_BINARIES: wanted.binaries }),
      },
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const { pid } = child;
    if (pid !== undefined) watch.add(pid);
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
    child.once('error', (error) => done(`PostgreSQL cannot be started again: ${error.message}`));
    child.once('close', (code) => {
      if (pid !== undefined) watch.remove(pid);
      done(code === 0 ? 'PostgreSQL runs again' : `PostgreSQL does not start again (${code}): ${said.trim()}`);
    });
    return () => child.kill('SIGTERM');
  }

  return () => {
    isOver = true;
    clearInterval(timer);
    end?.();
  };
}

async function readWanted(home: string): Promise<Wanted | undefined> {
  const text = await readFile(join(home, 'databaseServer.json'), 'utf8').catch(() => '');
  const { data, binaries } = parseRecord(text) ?? {};
  if (typeof data !== 'string') return undefined;
  return { data, binaries: typeof binaries === 'string' ? binaries : undefined };
}

/** By the file that a server has for as long as it lives; after its death the number may be anybody's. */
async function isServerAlive(data: string): Promise<boolean> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Math.abs(Number(text.split('\n')[0]));
  if (!Number.isInteger(pid) || pid <= 1) return false;
  if (process.platform === 'linux') {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return line.split('\0').includes(data);
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
