import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAppError } from '../../core/errors';
import { clusterNameProblem } from '../../core/clusters/localClusterPlan';
import type { Paths } from '../../core/ports/host';
import type { LocalClusterRecord, LocalClusterRecords } from '../../core/ports/localClusters';
import { localClusterRecord } from '../../core/records/localClusterRecord';
import { recordOrNothing } from '../../core/records/understandRecord';
import { writePrivateFile } from '@coppice/host/writePrivateFile';

const ending = '.json';

/** One JSON file a cluster. */
export class K3dRecords implements LocalClusterRecords {
  /** @param folder $COPPICE_HOME/k3d, absolute; made when first needed */
  constructor(private readonly folder: string) {}

  async all(): Promise<LocalClusterRecord[]> {
    const files = await readdir(this.folder).catch(() => []);
    const names = files.filter((file) => file.endsWith(ending)).map((file) => file.slice(0, -ending.length));
    // One that a newer version wrote is the trouble of its own cluster, and of no other.
    const passOver = (error: unknown): undefined => {
      if (!isAppError(error)) throw error;
    };
    const records = await Promise.all(names.sort().map((name) => this.read(name).catch(passOver)));
    return records.filter((record) => record !== undefined);
  }

  /** Whether nodes of a cluster show a folder. */
  async mounts(folder: string, { contains }: Pick<Paths, 'contains'>): Promise<boolean> {
    const mounted = (await this.all()).flatMap(({ folders }) => folders);
    return mounted.some((each) => contains(folder, each.folder) && contains(each.folder, folder));
  }

  async read(name: string): Promise<LocalClusterRecord | undefined> {
    if (clusterNameProblem(name) !== undefined) return undefined;
    const text = await readFile(this.#file(name), 'utf8').catch(() => undefined);
    const record = text === undefined ? undefined : recordOrNothing(localClusterRecord, text, this.#file(name));
    return record?.name === name ? record : undefined;
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
