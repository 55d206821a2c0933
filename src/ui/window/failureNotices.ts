import * as vscode from 'vscode';
import { failingOf } from '../../app/view/failing';
import { serviceWords, worktreeView } from '../../app/view/worktreeView';
import type { Snapshot, WorktreeEntry } from '../../core/model';
import type { LogTerminals } from '../logs/logTerminals';
import { readSettings } from '../editor/settings';
import { linkless, plainLine, shortened } from '../editor/text';
import { plainWorktreeName } from '../editor/windowEntry';

/** Where a person has switched it on: one notice for each environment that begins to fail. It is told again only after it was well. */
export class FailureNotices {
  readonly #logs: Pick<LogTerminals, 'show'>;
  /** Folders of worktrees that fail and were told of, or were failing when the window began to look. */
  readonly #known = new Set<string>();
  #hasLooked = false;

  constructor(logs: Pick<LogTerminals, 'show'>) {
    this.#logs = logs;
  }

  /** @param isSeen whether a person looks at this window: of several one tells */
  update(snapshot: Snapshot, isSeen: boolean): void {
    if (snapshot.cluster.state !== 'online') return;
    const { failing } = failingOf(snapshot);
    const isFirst = !this.#hasLooked;
    this.#hasLooked = true;
    for (const entry of snapshot.entries) {
      const { path } = entry.worktree;
      // On its way from one crash to the next it is not well.
      if (worktreeView(entry, snapshot).tone === 'good') this.#known.delete(path);
      if (!failing.includes(entry) || this.#known.has(path)) continue;
      this.#known.add(path);
      if (!isFirst && isSeen && readSettings()['notices.failing']) void this.#tell(entry, snapshot);
    }
  }

  async #tell(entry: WorktreeEntry, snapshot: Snapshot): Promise<void> {
    const name = plainWorktreeName(entry);
    const service = entry.environment?.services.find(({ health }) => health === 'degraded');
    const { words, why } = worktreeView(entry, snapshot);
    const what = service ? `${service.name}: ${serviceWords(service)}` : (why ?? words);
    const message = linkless(`${name} is failing. ${shortened(plainLine(what), 200)}`);
    const namespace = entry.environment?.namespace;
    const button = 'Show Logs';
    const buttons = service && namespace !== undefined ? [button] : [];
    if ((await vscode.window.showWarningMessage(message, ...buttons)) !== button) return;
    if (service && namespace !== undefined) this.#logs.show(namespace, service.name, name);
  }
}
