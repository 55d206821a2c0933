import * as vscode from 'vscode';
import type { Snapshot, WorktreeEntry } from '../../core/model';
import { isAbort, isAppError } from '../../core/errors';
import { worktreeState } from '../../app/view/worktreeState';
import type { UiDependencies } from '../editor/dependencies';
import { readSettings } from '../editor/settings';
import { plainWorktreeName } from '../editor/windowEntry';

type Dependencies = Pick<UiDependencies, 'environments' | 'store' | 'log'>;

/** How long whoever made a worktree has time to begin with its environment, too: a hook of an agent, another window. Milliseconds. */
const courtesyMs = 3000;

/** What git locks a worktree with until all of its files are there. */
const unfinished = 'initializing';

export interface NewWorktreesOptions {
  readonly dependencies: Dependencies;
  /** Worktrees that are offered an environment have changed. */
  readonly onDidChange: () => void;
  /** Milliseconds; for tests. */
  readonly courtesyMs?: number;
}

/**
 * Sees worktrees that others have made while the window is open, and creates their environments or offers to, as the setting says.
 * Each is looked at once: whatever comes of it, it is never begun with again.
 */
export class NewWorktrees implements vscode.Disposable {
  readonly #options: NewWorktreesOptions;
  /** Those that were there, or were looked at. undefined: nothing was read yet. */
  #known: Set<string> | undefined;
  #repository: string | undefined;
  readonly #offered = new Set<string>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #disposed = new AbortController();

  constructor(options: NewWorktreesOptions) {
    this.#options = options;
  }

  /** Those that are offered an environment, and have none yet. */
  get offered(): readonly WorktreeEntry[] {
    const { snapshot } = this.#options.dependencies.store;
    return snapshot.entries.filter((entry) => this.#offered.has(keyOf(entry)) && isBare(entry, snapshot));
  }

  update(snapshot: Snapshot): void {
    const { repository, entries, hasEnvironmentFile } = snapshot;
    if (!repository) return;
    const keys = entries.map(keyOf);
    if (!this.#known || this.#repository !== repository.id) {
      this.#repository = repository.id;
      this.#known = new Set(keys);
      return;
    }
    // One of the same name, made later, is a new one.
    for (const known of [...this.#known]) if (!keys.includes(known)) this.#known.delete(known);
    for (const entry of entries) {
      const key = keyOf(entry);
      if (this.#known.has(key) || this.#timers.has(key)) continue;
      const mode = readSettings()['environments.automatic'];
      const isOfOthers = isBare(entry, snapshot);
      if (isOfOthers && !isComplete(entry)) continue;
      if (!isOfOthers || !hasEnvironmentFile || (mode !== 'ask' && mode !== 'always')) this.#known.add(key);
      else
        this.#timers.set(
          key,
          setTimeout(() => void this.#begin(entry), this.#options.courtesyMs ?? courtesyMs),
        );
    }
  }

  /** What it creates is cancelled, and taken back. */
  dispose(): void {
    this.#disposed.abort();
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  /** Never rejects. */
  async #begin(seen: WorktreeEntry): Promise<void> {
    const key = keyOf(seen);
    const { store, log } = this.#options.dependencies;
    await store.refresh();
    this.#known?.add(key);
    this.#timers.delete(key);
    const entry = store.snapshot.entries.find((each) => keyOf(each) === key);
    const mode = readSettings()['environments.automatic'];
    // Whoever made it was quicker; or it is gone.
    if (this.#disposed.signal.aborted || !entry || !isBare(entry, store.snapshot)) return;
    if (mode === 'ask') return this.#offer(key);
    if (mode !== 'always') return;
    try {
      await this.#create(entry);
    } catch (error) {
      if (isAbort(error)) return;
      const name = plainWorktreeName(entry);
      // Another window, or a hook, makes it just now.
      if (isAppError(error, 'conflict')) return log.info(`No environment was created for ${name}: ${error.message}`);
      log.error(
        `No environment was created for ${name}: ${error instanceof Error ? error.message : String(error)}`,
        error,
      );
      this.#offer(key);
    }
  }

  /** Nobody asked for it just now: it is told in the status bar, and asks nothing. */
  async #create(entry: WorktreeEntry): Promise<void> {
    const { environments, log } = this.#options.dependencies;
    const { path } = entry.worktree;
    const title = `Creating an environment for ${plainWorktreeName(entry)}`;
    log.info(title);
    const request = { folder: path, target: { kind: 'worktree', path } } as const;
    const options = { location: vscode.ProgressLocation.Window, title };
    await vscode.window.withProgress(options, () =>
      environments.create(request, { signal: this.#disposed.signal, report: () => undefined }),
    );
  }

  #offer(key: string): void {
    this.#offered.add(key);
    this.#options.onDidChange();
  }
}

/** A worktree that was removed and made again has another git directory, or another path. */
function keyOf({ worktree }: WorktreeEntry): string {
  return `${worktree.path}\n${worktree.gitDir}`;
}

/** It has no environment, and nobody is known to make it one. */
function isBare(entry: WorktreeEntry, snapshot: Snapshot): boolean {
  return !entry.worktree.isMain && entry.work === undefined && worktreeState(entry, snapshot).state === 'none';
}

function isComplete({ worktree }: WorktreeEntry): boolean {
  return worktree.beingMade === undefined && worktree.locked !== unfinished;
}
