import * as vscode from 'vscode';
import { failingOf } from '../../app/view/failing';
import { serviceWords, worktreeView } from '../../app/view/worktreeView';
import type { Disposable } from '../../core/event';
import type { Snapshot, WorktreeEntry } from '../../core/model';
import type { UiDependencies } from '../editor/dependencies';
import type { LogTerminals } from '../logs/logTerminals';
import { readSettings } from '../editor/settings';
import { linkless, plainLine, shortened } from '../editor/text';
import { plainWorktreeName } from '../editor/windowEntry';

/** The worktree's own window tells first; the others wait for so long. Milliseconds. */
const courtesyMs = 1_500;

/** How a person stands to the window. */
export interface WindowNow {
  readonly isFocused: boolean;
  /** Folder of the window's worktree. */
  readonly own: string | undefined;
}

/**
 * Where a person has switched it on: one notice for each environment that begins to fail, of all windows in that of its worktree, else in the one that they look
 * at. A window that nobody looks at tells once somebody does, if it still fails. It is told again only after it was well.
 */
export class FailureNotices implements Disposable {
  readonly #dependencies: Pick<UiDependencies, 'notices' | 'log'>;
  readonly #logs: Pick<LogTerminals, 'show'>;
  /** Folders of worktrees that fail. */
  readonly #failing = new Set<string>();
  /** Those of them that began to while this window looked, and of which it has told nothing. */
  readonly #pending = new Set<string>();
  /** Whether it is this window that tells. */
  readonly #claims = new Map<string, Promise<boolean>>();
  /** Folders of worktrees that are well, which all windows know. */
  readonly #well = new Set<string>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #snapshot: Snapshot | undefined;
  #writes: Promise<unknown> = Promise.resolve();

  constructor(dependencies: Pick<UiDependencies, 'notices' | 'log'>, logs: Pick<LogTerminals, 'show'>) {
    this.#dependencies = dependencies;
    this.#logs = logs;
  }

  /** Call it with each news of the snapshot, and when the window gains the focus and the snapshot is of now. */
  update(snapshot: Snapshot, { isFocused, own }: WindowNow): void {
    if (snapshot.cluster.state !== 'online') return;
    const isWanted = readSettings()['notices.failing'];
    const isFirst = this.#snapshot === undefined;
    this.#snapshot = snapshot;
    const { failing } = failingOf(snapshot);
    for (const entry of snapshot.entries) {
      const { path } = entry.worktree;
      // On its way from one crash to the next it is not well.
      if (worktreeView(entry, snapshot).tone === 'good') this.#isWell(entry, isWanted);
      if (!failing.includes(entry)) continue;
      this.#well.delete(path);
      if (!this.#failing.has(path) && !isFirst && isWanted) this.#pending.add(path);
      this.#failing.add(path);
      if (!this.#pending.has(path)) continue;
      const isOwn = path === own;
      if (isOwn) void this.#claim(entry);
      if (!isFocused) continue;
      this.#pending.delete(path);
      if (isOwn) void this.#tell(entry);
      else this.#tellLater(entry);
    }
  }

  dispose(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    // Another window may tell what this one has not.
    for (const entry of this.#snapshot?.entries ?? [])
      if (this.#pending.has(entry.worktree.path) && this.#claims.has(entry.worktree.path)) this.#forget(entry);
  }

  #isWell(entry: WorktreeEntry, isWanted: boolean): void {
    const { path } = entry.worktree;
    this.#failing.delete(path);
    this.#pending.delete(path);
    this.#claims.delete(path);
    if (!isWanted || this.#well.has(path)) return;
    this.#well.add(path);
    this.#forget(entry);
  }

  #forget({ worktree }: WorktreeEntry): void {
    void this.#inTurn(() => this.#dependencies.notices.forget(worktree));
  }

  /** Never rejects: where nothing can be written down, it is told twice rather than never. */
  #claim({ worktree }: WorktreeEntry): Promise<boolean> {
    const claimed =
      this.#claims.get(worktree.path) ??
      this.#inTurn(() => this.#dependencies.notices.claim(worktree)).then((isFirst) => isFirst ?? true);
    this.#claims.set(worktree.path, claimed);
    return claimed;
  }

  #inTurn<T>(write: () => Promise<T>): Promise<T | undefined> {
    const written = this.#writes.then(write).catch((error: unknown) => {
      this.#dependencies.log.warn(`It could not be written down that a failure was told: ${String(error)}`);
      return undefined;
    });
    this.#writes = written;
    return written;
  }

  #tellLater(entry: WorktreeEntry): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (this.#failing.has(entry.worktree.path)) void this.#tell(entry);
    }, courtesyMs);
    this.#timers.add(timer);
  }

  async #tell(begun: WorktreeEntry): Promise<void> {
    const { path } = begun.worktree;
    if (!(await this.#claim(begun)) || !this.#snapshot) return;
    const snapshot = this.#snapshot;
    const entry = failingOf(snapshot).failing.find(({ worktree }) => worktree.path === path) ?? begun;
    const name = plainWorktreeName(entry);
    const service = entry.environment?.services.find(({ health }) => health === 'degraded');
    const { words, why } = worktreeView(entry, snapshot);
    const what = service ? `${service.name}: ${serviceWords(service)}` : (why ?? words);
    const message = `${name} is failing. ${shortened(plainLine(what), 200)}`;
    const namespace = entry.environment?.namespace;
    const button = 'Show Logs';
    const buttons = service && namespace !== undefined ? [button] : [];
    if ((await vscode.window.showWarningMessage(linkless(message), ...buttons)) !== button) return;
    if (service && namespace !== undefined) this.#logs.show(namespace, service.name, name);
  }
}
