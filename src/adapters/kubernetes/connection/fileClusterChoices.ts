import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { isSameCluster } from '../../../core/clusterRules';
import { isClusterKind, traitsOf } from '../../../core/clusterTraits';
import { AppError } from '../../../core/errors';
import type { Disposable } from '../../../core/event';
import type { ClusterIdentity } from '../../../core/model';
import type { ChosenCluster, ClusterChoices } from '../../../core/ports/clusters';
import { writePrivateFile } from '@coppice/host/writePrivateFile';

interface Content {
  readonly version: 1;
  /** By the repository's id. */
  readonly repositories: Readonly<Record<string, ChosenCluster>>;
  readonly allowed: readonly ChosenCluster[];
}

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

  async #load(): Promise<Content> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      if (code === 'ENOENT' || code === 'ENOTDIR') return { version: 1, repositories: {}, allowed: [] };
      throw new AppError('failed', `${this.path} cannot be read (${code}).`, { cause: error });
    }
    const content = parse(text);
    if (content) return content;
    throw new AppError('failed', `${this.path} cannot be understood: it says which cluster each repository chose.`, {
      explanation: 'Mend it, or delete it and choose the clusters again.',
      remedy: { title: 'Open the File', action: { kind: 'openFile', path: this.path } },
    });
  }

  async #save(content: Content): Promise<void> {
    await writePrivateFile(this.path, `${JSON.stringify(content, undefined, 2)}\n`);
  }
}

function isSamePin(one: ClusterIdentity, other: ClusterIdentity): boolean {
  return one.context === other.context && isSameCluster(one, other);
}

function parse(text: string): Content | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value) || value['version'] !== 1) return undefined;
  const { repositories, allowed } = value;
  if (!isObject(repositories) || !Array.isArray(allowed)) return undefined;
  const chosen = Object.entries(repositories);
  if (!chosen.every((entry): entry is [string, ChosenCluster] => isChosen(entry[1]))) return undefined;
  if (!allowed.every(isChosen)) return undefined;
  return { version: 1, repositories: Object.fromEntries(chosen), allowed };
}

function isChosen(value: unknown): value is ChosenCluster {
  if (!isObject(value) || !isObject(value['identity']) || !isTexts(value['kubeconfigs'])) return false;
  const { kind, context, server, caSha256 } = value['identity'];
  if (!isClusterKind(kind)) return false;
  if (!traitsOf({ kind }).isPinned) return true;
  const isPinned = typeof context === 'string' && typeof server === 'string' && server !== '';
  return isPinned && (caSha256 === undefined || typeof caSha256 === 'string');
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
