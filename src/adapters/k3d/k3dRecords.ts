import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { clusterNameProblem } from '../../core/localClusterPlan';
import type { LocalClusterRecord, LocalClusterRecords } from '../../core/ports/localClusters';
import { writePrivateFile } from '@coppice/host/writePrivateFile';

const ending = '.json';

/** One JSON file a cluster. */
export class K3dRecords implements LocalClusterRecords {
  /** @param folder $COPPICE_HOME/k3d, absolute; made when first needed */
  constructor(private readonly folder: string) {}

  async all(): Promise<LocalClusterRecord[]> {
    const files = await readdir(this.folder).catch(() => []);
    const names = files.filter((file) => file.endsWith(ending)).map((file) => file.slice(0, -ending.length));
    const records = await Promise.all(names.sort().map((name) => this.read(name)));
    return records.filter((record) => record !== undefined);
  }

  async read(name: string): Promise<LocalClusterRecord | undefined> {
    if (clusterNameProblem(name) !== undefined) return undefined;
    const text = await readFile(this.#file(name), 'utf8').catch(() => undefined);
    return text === undefined ? undefined : parse(text, name);
  }

  async write(record: LocalClusterRecord): Promise<void> {
    await writePrivateFile(this.#file(record.name), `${JSON.stringify(record, undefined, 2)}\n`);
  }

  async remove(name: string): Promise<void> {
    await rm(this.#file(name), { force: true });
  }

  #file(name: string): string {
    return join(this.folder, `${name}${ending}`);
  }
}

function parse(text: string, name: string): LocalClusterRecord | undefined {
  try {
    const parsed = JSON.parse(text) as Partial<LocalClusterRecord> | null;
    const isWhole =
      parsed?.version === 1 &&
      parsed.name === name &&
      typeof parsed.mark === 'string' &&
      typeof parsed.httpPort === 'number' &&
      typeof parsed.registry === 'string' &&
      Array.isArray(parsed.folders) &&
      (parsed.state === 'creating' || (parsed.state === 'created' && parsed.access !== undefined));
    return isWhole ? (parsed as LocalClusterRecord) : undefined;
  } catch {
    return undefined;
  }
}
