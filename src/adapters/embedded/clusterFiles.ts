import { clusterFiles, type ClusterPhase, type ClusterProcess, type LastEnd } from '@coppice/cluster/contract';
import { parseRecord, type JsonRecord } from '@coppice/host/parseRecord';
import { isOtherPlace, placeText, silentAfterMs } from '@coppice/host/processPlace';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
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
    const name = `lock.${newest}`;
    const { pid, start, host, processes } = await this.#read(name);
    if (typeof pid !== 'number' || typeof start !== 'string') return undefined;
    const place =
      typeof host === 'string' ? { host, ...(typeof processes === 'string' ? { processes } : {}) } : undefined;
    const seen = pid > 1 ? await processStart(pid) : undefined;
    if (place && (await isOtherPlace(place, start, seen)))
      return (await this.#isHeard(name)) ? { pid, start, elsewhere: placeText(place) } : undefined;
    return seen === start ? { pid, start } : undefined;
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

  /** By its last word alone: who starts a cluster listens for the next one. */
  async #isHeard(name: string): Promise<boolean> {
    const found = await stat(join(this.folder, name)).catch(() => undefined);
    return found !== undefined && Math.abs(Date.now() - found.mtimeMs) < silentAfterMs;
  }

  async #read(name: string): Promise<JsonRecord> {
    const text = await readFile(join(this.folder, name), 'utf8').catch(() => '');
    return parseRecord(text) ?? {};
  }
}

export async function isSame({ pid, start, elsewhere }: ClusterProcess): Promise<boolean> {
  return elsewhere === undefined && (await processStart(pid)) === start;
}
