import { clusterFiles, type ClusterPhase, type ClusterProcess, type LastEnd } from '@coppice/cluster/contract';
import { parseRecord, type JsonRecord } from '@coppice/host/parseRecord';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { processStart } from '@coppice/host/processStart';

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
    const { pid, phase, detail } = await this.#read(clusterFiles.phase);
    if (pid !== of || typeof detail !== 'string') return undefined;
    return phase === 'starting' || phase === 'stopping' ? { phase, detail } : undefined;
  }

  async lastEnd(): Promise<LastEnd | undefined> {
    const { at, reason } = await this.#read(clusterFiles.lastEnd);
    return typeof at === 'string' && typeof reason === 'string' ? { at, reason } : undefined;
  }

  /** The gateway's port of last time, which the next start takes again where it can. */
  async lastGatewayPort(): Promise<number | undefined> {
    const { gatewayPort } = await this.#read(clusterFiles.settings);
    return typeof gatewayPort === 'number' ? gatewayPort : undefined;
  }

  /** Once it was told. */
  async forgetLastEnd(): Promise<void> {
    await rm(join(this.folder, clusterFiles.lastEnd), { force: true }).catch(() => undefined);
  }

  async #read(name: string): Promise<JsonRecord> {
    const text = await readFile(join(this.folder, name), 'utf8').catch(() => '');
    return parseRecord(text) ?? {};
  }
}

export async function isSame({ pid, start }: ClusterProcess): Promise<boolean> {
  return (await processStart(pid)) === start;
}
