import { parseRecord, type JsonRecord } from '@coppice/host/parseRecord';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { processStart } from '@coppice/host/processStart';

/** The process that is the cluster of a folder, whether or not it answers. */
export interface ClusterProcess {
  readonly pid: number;
  /** With it the number names this process and no later one. */
  readonly start: string;
}

/** How far a cluster is that cannot answer yet, or any more. */
export interface ClusterPhase {
  readonly phase: 'starting' | 'stopping';
  readonly detail: string;
}

/** Why the last one ended that nobody had asked to. */
export interface LastEnd {
  /** ISO 8601. */
  readonly at: string;
  readonly reason: string;
}

/** What the cluster's program writes into its folder for those who cannot ask it. Nothing here rejects. */
export class ClusterFiles {
  constructor(readonly folder: string) {}

  /** Who holds the lock now. */
  async process(): Promise<ClusterProcess | undefined> {
    const names = await readdir(this.folder).catch(() => []);
    const [newest] = names.flatMap((name) => Number(/^lock\.(\d+)$/.exec(name)?.[1] ?? [])).sort((a, b) => b - a);
    if (newest === undefined) return undefined;
    const { pid, start } = await this.#read(`lock.${newest}`);
    if (typeof pid !== 'number' || typeof start !== 'string' || !(pid > 1)) return undefined;
    return (await isSame({ pid, start })) ? { pid, start } : undefined;
  }

  async phase({ pid: of }: ClusterProcess): Promise<ClusterPhase | undefined> {
    const { pid, phase, detail } = await this.#read('phase.json');
    if (pid !== of || typeof detail !== 'string') return undefined;
    return phase === 'starting' || phase === 'stopping' ? { phase, detail } : undefined;
  }

  async lastEnd(): Promise<LastEnd | undefined> {
    const { at, reason } = await this.#read('lastEnd.json');
    return typeof at === 'string' && typeof reason === 'string' ? { at, reason } : undefined;
  }

  /** Once it was told. */
  async forgetLastEnd(): Promise<void> {
    await rm(join(this.folder, 'lastEnd.json'), { force: true }).catch(() => undefined);
  }

  async #read(name: string): Promise<JsonRecord> {
    const text = await readFile(join(this.folder, name), 'utf8').catch(() => '');
    return parseRecord(text) ?? {};
  }
}

export async function isSame({ pid, start }: ClusterProcess): Promise<boolean> {
  return (await processStart(pid)) === start;
}
