import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Folders for pods that name none, in the place for temporary ones: a pod may run as another user, who may not enter the cluster's
 * own. Their names tell whose they are, so that the next cluster finds what one that was killed left behind.
 */
export class PodFolders {
  private readonly made = new Map<string, Promise<string>>();
  private readonly prefix: string;

  /** @param mark of the cluster; the same at its next start */
  constructor(
    mark: string,
    private readonly place = tmpdir(),
  ) {
    this.prefix = `coppice-pod-${mark.replaceAll('-', '').slice(0, 12)}`;
  }

  /** The pod's, made when it is first asked for. */
  of(podUid: string): Promise<string> {
    const folder = this.made.get(podUid) ?? mkdtemp(join(this.place, this.prefix));
    this.made.set(podUid, folder);
    return folder;
  }

  /** undefined: it was never asked for. */
  async known(podUid: string): Promise<string | undefined> {
    return this.made.get(podUid);
  }

  /** Never rejects. */
  async remove(podUid: string): Promise<void> {
    const folder = this.made.get(podUid);
    this.made.delete(podUid);
    if (folder) await folder.then(removeFolder).catch(() => undefined);
  }

  /** Never rejects. */
  async removeAll(): Promise<void> {
    await Promise.all([...this.made.keys()].map((podUid) => this.remove(podUid)));
  }

  /** What an earlier cluster of the same mark left. Call before the first pod starts. Never rejects. */
  async removeLeftovers(): Promise<void> {
    const names = await readdir(this.place).catch(() => []);
    for (const name of names.filter((one) => one.startsWith(this.prefix))) {
      const path = join(this.place, name);
      const found = await stat(path).catch(() => undefined);
      // Anybody may write there: what is another user's stays.
      if (found && (process.getuid === undefined || found.uid === process.getuid())) await removeFolder(path);
    }
  }
}

async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true }).catch(() => undefined);
}
