import { watch, type FSWatcher } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Emitter, type Event } from '../../core/event';
import { temporaryEnding } from '@coppice/host/writeTemporary';

/** Changes come in bursts: one commit touches half a dozen files. */
const coalesceMs = 150;
/** How soon a git directory that is gone is looked for again. */
const retryMs = 2000;
/** Each watched folder costs the system something; a repository with more folders of refs is watched in part. */
const maxFolders = 2000;

/**
 * Watches a repository's git directory: HEADs, indexes, worktrees and refs, whoever changes them. Folders one by one, because a
 * recursive watch would take in the objects, thousands of folders, and is not to be had everywhere. Edits of files in a worktree
 * change nothing there, and so are not heard of until they are staged. Keeps no process alive.
 */
export class RepositoryWatch {
  readonly #changed = new Emitter<void>();
  readonly #watchers = new Map<string, FSWatcher>();
  #timer: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #scanning: Promise<void> | undefined;
  #scanAgain = false;
  #hasStarted = false;
  #disposed = false;

  constructor(private readonly commonDir: string) {
    this.#scan();
  }

  readonly onDidChange: Event<void> = (listener, thisArgs, disposables) =>
    this.#changed.event(listener, thisArgs, disposables);

  /** Resolves when all folders that were there at the beginning are watched. */
  async ready(): Promise<void> {
    while (this.#scanning) await this.#scanning;
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#retry);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
    this.#changed.dispose();
  }

  #fire(): void {
    if (this.#disposed || this.#timer) return;
    // From the first change on, not from the last: a busy agent must not keep the news from coming.
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#changed.fire();
    }, coalesceMs);
    this.#timer.unref();
  }

  #scan(): void {
    if (this.#disposed) return;
    if (this.#scanning) {
      this.#scanAgain = true;
      return;
    }
    this.#scanning = this.#follow().finally(() => {
      this.#scanning = undefined;
      if (this.#scanAgain) {
        this.#scanAgain = false;
        this.#scan();
      }
    });
  }

  /** Watches folders that are new, forgets those that are gone. */
  async #follow(): Promise<void> {
    const folders = new Set(await foldersToWatch(this.commonDir));
    if (this.#disposed) return;
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    let isNew = false;
    for (const folder of folders) {
      if (this.#watchers.has(folder) || !this.#watch(folder)) continue;
      isNew = true;
    }
    if (!this.#watchers.has(this.commonDir)) {
      this.#retry = setTimeout(() => this.#scan(), retryMs);
      this.#retry.unref();
    }
    if (!isNew) return;
    // What happened in a new folder before it was watched: look again, and tell.
    this.#scanAgain = true;
    if (this.#hasStarted) this.#fire();
    this.#hasStarted = true;
  }

  #watch(folder: string): boolean {
    try {
      const watcher = watch(folder, { persistent: false }, (event, name) => {
        if (name !== null && !isNews(this.commonDir, folder, name)) return;
        this.#fire();
        // A folder came or went, or this one was replaced by another of its name.
        if (event === 'rename') this.#onRename(folder, name);
      });
      watcher.on('error', () => this.#drop(folder));
      this.#watchers.set(folder, watcher);
      return true;
    } catch {
      return false;
    }
  }

  #onRename(folder: string, name: string | null): void {
    // A folder that is removed and made again at once keeps its name but not its watch.
    if (name !== null) this.#forget(join(folder, name));
    if (name === basename(folder)) this.#forget(folder);
    this.#scan();
  }

  #drop(folder: string): void {
    this.#forget(folder);
    this.#fire();
    this.#scan();
  }

  #forget(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }
}

/** Locks and drafts come and go with every command; of a fetch, the refs tell. */
function isNews(commonDir: string, folder: string, name: string): boolean {
  if (name.endsWith('.lock') || name.endsWith(temporaryEnding)) return false;
  if (folder !== commonDir) return name !== 'COMMIT_EDITMSG';
  return !/^(?:objects|logs|hooks|info|lfs|coppice|coppice-trash|FETCH_HEAD|COMMIT_EDITMSG|gc\.pid|fsmonitor--daemon.*)$/.test(
    name,
  );
}

async function foldersToWatch(commonDir: string): Promise<string[]> {
  const found = [commonDir];
  const visit = async (folder: string, depth: number): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
    if (entries === undefined) return;
    if (found.length < maxFolders) found.push(folder);
    if (depth === 0) return;
    for (const entry of entries) if (entry.isDirectory()) await visit(join(folder, entry.name), depth - 1);
  };
  await visit(join(commonDir, 'worktrees'), 1);
  await visit(join(commonDir, 'reftable'), 0);
  await visit(join(commonDir, 'refs'), 20);
  return found;
}
