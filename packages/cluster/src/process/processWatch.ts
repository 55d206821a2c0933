import { parseRecord } from '@coppice/host/parseRecord';
import { signalTree } from '@coppice/host/signalTree';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { findProcesses, signalSeen } from './killProcessTree';
import { dirname } from 'node:path';
import { isStillThere } from './isHomeLost';
import { processStart } from '@coppice/host/processStart';
import { TICK_MS } from './watchdog';

const SAVE_TOGETHER_MS = 100;

interface Entry {
  pid: number;
  start?: string;
}

interface Registry {
  mark: string;
  processes: Entry[];
}

/**
 * Knows every process group that the cluster runs, in two places that outlive it: the reaper (a process that kills them when
 * the cluster dies, for whatever reason) and a file (for the next start, should the reaper be killed too).
 */
export class ProcessWatch {
  private readonly entries = new Map<number, Entry>();
  private reaper: ChildProcess | undefined;
  private closed = false;
  private stopping = false;
  private isWritten = false;
  private saving: NodeJS.Timeout | undefined;

  private constructor(
    private readonly file: string,
    private readonly reaperScript: string,
    private readonly log: (message: string) => void,
    /** Every process of the cluster carries it in its environment, see `MARK`. */
    readonly mark: string,
  ) {}

  /** Ends what a cluster that crashed left behind, then starts the reaper. */
  static async start(file: string, reaperScript: string, log: (message: string) => void): Promise<ProcessWatch> {
    const left = readRegistry(file);
    if (left && left.processes.length > 0) await endLeftovers(left, log);
    const watch = new ProcessWatch(file, reaperScript, log, left?.mark ?? randomUUID());
    watch.write();
    watch.startReaper();
    // After the loop has looked at its sockets, not only at its timers: a loop that never gets there is one that stands still.
    setInterval(() => setImmediate(() => watch.tell('.\n')), TICK_MS).unref();
    return watch;
  }

  /** To be called as soon as a process group runs. */
  add(pid: number): void {
    const entry: Entry = { pid };
    this.entries.set(pid, entry);
    this.tell(`+${pid}\n`);
    void processStart(pid).then((start) => {
      if (start === undefined || this.entries.get(pid) !== entry) return;
      entry.start = start;
      this.save();
    });
  }

  remove(pid: number): void {
    if (!this.entries.delete(pid)) return;
    this.tell(`-${pid}\n`);
    this.saveSoon();
  }

  /** The cluster has begun to end: the reaper sees to it that it does. */
  beginStop(): void {
    this.stopping = true;
    this.tell('!\n');
  }

  /** Ends the reaper, which kills what is still registered. */
  close(): void {
    this.closed = true;
    if (this.saving) this.save();
    this.reaper?.stdin?.end();
    this.reaper?.unref();
  }

  private startReaper(): void {
    const electron = process.env['ELECTRON_RUN_AS_NODE'];
    const reaper = spawn(process.execPath, [this.reaperScript, this.mark, dirname(this.file), String(process.pid)], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      windowsHide: true,
      env: { PATH: process.env['PATH'], ...(electron ? { ELECTRON_RUN_AS_NODE: electron } : {}) },
    });
    this.reaper = reaper;
    reaper.stdin.on('error', () => undefined);
    reaper.on('error', (error) => this.log(`the reaper did not start: ${error.message}`));
    reaper.on('exit', () => {
      if (this.closed || this.reaper !== reaper) return;
      this.log('the reaper ended; starting another');
      setTimeout(() => this.startReaper(), 200).unref();
    });
    for (const pid of this.entries.keys()) this.tell(`+${pid}\n`);
    if (this.stopping) this.tell('!\n');
  }

  private tell(line: string): void {
    const pipe = this.reaper?.stdin;
    if (pipe && !pipe.destroyed && pipe.writable) pipe.write(line);
  }

  /** For who has ended: whoever is ended later by what the file says is compared by its start. */
  private saveSoon(): void {
    this.saving ??= setTimeout(() => this.save(), SAVE_TOGETHER_MS).unref();
  }

  /** At once: what the cluster has started must be written down whatever becomes of it in the next moment. */
  private save(): void {
    clearTimeout(this.saving);
    this.saving = undefined;
    // Another cluster's file with our mark in it would be the end of that cluster, and not of this one.
    if (!this.isWritten || isStillThere(dirname(this.file), this.mark)) this.write();
  }

  private write(): void {
    const registry: Registry = { mark: this.mark, processes: [...this.entries.values()] };
    try {
      writeFileSync(`${this.file}.new`, JSON.stringify(registry), { mode: 0o600 });
      renameSync(`${this.file}.new`, this.file);
      this.isWritten = true;
    } catch (error) {
      this.log(`cannot remember the running processes: ${String(error)}`);
    }
  }
}

function readRegistry(file: string): Registry | undefined {
  try {
    const { mark, processes } = parseRecord(readFileSync(file, 'utf8')) ?? {};
    if (typeof mark !== 'string' || !Array.isArray(processes)) return undefined;
    return { mark, processes: processes as Entry[] };
  } catch {
    return undefined;
  }
}

/** A number that another process got in the meantime is told apart by the start time: that process is left alone. */
async function endLeftovers(registry: Registry, log: (message: string) => void): Promise<void> {
  for (const { pid, start } of registry.processes) {
    if (!Number.isInteger(pid) || pid <= 1 || start === undefined) continue;
    if ((await processStart(pid)) !== start) continue;
    log(`ending process ${pid}, which an earlier cluster left behind`);
    signalTree(pid, 'SIGKILL');
  }
  const marked = await findProcesses(registry.mark);
  if (marked.length > 0) log(`ending ${marked.length} processes that an earlier cluster left behind`);
  for (const one of marked) signalSeen(one, 'SIGKILL');
}
