import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { isSameCluster } from '../../../core/clusters/clusterRules';
import { traitsOf } from '../../../core/clusterTraits';
import { AppError } from '../../../core/errors';
import type { Disposable } from '../../../core/event';
import type { ClusterIdentity } from '../../../core/model';
import type { ChosenCluster, ClusterChoices } from '../../../core/ports/clusters';
import { clusterChoicesRecord, type ClusterChoicesRecord } from '../../../core/records/clusterChoicesRecord';
import { understandRecord } from '../../../core/records/understandRecord';
import { writePrivateFile } from '@coppice/host/writePrivateFile';

/** Choices in one file of Coppice's own folder, which no repository can write. */
export class FileClusterChoices implements ClusterChoices {
  /** @param path absolute; the file need not exist yet */
  constructor(private readonly path: string) {}

  async read(repositoryId: string): Promise<ChosenCluster | undefined> {
    const { repositories } = await this.#load();
    return Object.hasOwn(repositories, repositoryId) ? repositories[repositoryId] : undefined;
  }

  async allowed(): Promise<readonly ChosenCluster[]> {
    return (await this.#load()).allowed;
  }

  async choose(repositoryId: string, chosen: ChosenCluster): Promise<void> {
    const { repositories, allowed } = await this.#load();
    const others = allowed.filter(({ identity }) => !isSamePin(identity, chosen.identity));
    await this.#save({
      version: 1,
      repositories: { ...repositories, [repositoryId]: chosen },
      allowed: traitsOf(chosen.identity).isPinned ? [...others, chosen] : allowed,
    });
  }

  watch(onChange: () => void): Disposable {
    try {
      const name = basename(this.path);
      const watcher = watch(dirname(this.path), { persistent: false }, (_, changed) => {
        if (changed === null || changed === name) onChange();
      });
      watcher.on('error', () => watcher.close());
      return { dispose: () => watcher.close() };
    } catch {
      // No folder, no choices: whoever looks the next time hears of the first one.
      return { dispose: () => undefined };
    }
  }

  async forget(identity: ClusterIdentity): Promise<void> {
    const { repositories, allowed } = await this.#load();
    const isKept = (chosen: ChosenCluster): boolean => !isSamePin(chosen.identity, identity);
    await this.#save({
      version: 1,
      repositories: Object.fromEntries(Object.entries(repositories).filter(([, chosen]) => isKept(chosen))),
      allowed: allowed.filter(isKept),
    });
  }

  async #load(): Promise<ClusterChoicesRecord> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      if (code === 'ENOENT' || code === 'ENOTDIR') return { version: 1, repositories: {}, allowed: [] };
      throw new AppError('failed', `${this.path} cannot be read (${code}).`, { cause: error });
    }
    return understandRecord(clusterChoicesRecord, text, {
      path: this.path,
      wayOut: 'It says which cluster each repository chose: mend it, or delete it and choose the clusters again.',
    });
  }

  async #save(content: ClusterChoicesRecord): Promise<void> {
    await writePrivateFile(this.path, `${JSON.stringify(content, undefined, 2)}\n`);
  }
}

function isSamePin(one: ClusterIdentity, other: ClusterIdentity): boolean {
  return one.context === other.context && isSameCluster(one, other);
}
