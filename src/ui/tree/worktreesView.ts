import * as vscode from 'vscode';
import { waitingAgents, waitingText } from '../../app/view/agentWords';
import { failingOf, failingSentence } from '../../app/view/failing';
import type { Snapshot } from '../../core/model';
import { plainWorktreeName } from '../editor/windowEntry';
import type { Tree } from './nodes';
import { WorktreesTree, type UsageOf } from './provider';

export const worktreesViewId = 'coppice.worktrees';

/** Rows say how long ago something was, in minutes. */
const tickMs = 60_000;

/** The view of the worktrees: its rows, and a badge that counts what fails and which agents wait. While a person sees it, its rows keep up with the clock. */
export class WorktreesView implements vscode.Disposable {
  readonly #tree: WorktreesTree;
  readonly #view: vscode.TreeView<string>;
  readonly #toRows: () => Tree;
  readonly #visibility: vscode.Disposable;
  #clock: ReturnType<typeof setInterval> | undefined;
  #badge = '';

  /** @param toRows what is to be shown now */
  constructor(usageOf: UsageOf, toRows: () => Tree) {
    this.#tree = new WorktreesTree(usageOf);
    this.#toRows = toRows;
    this.#view = vscode.window.createTreeView(worktreesViewId, { treeDataProvider: this.#tree, showCollapseAll: true });
    this.#visibility = this.#view.onDidChangeVisibility(() => this.#followClock());
  }

  get visible(): boolean {
    return this.#view.visible;
  }

  get onDidChangeVisibility(): vscode.Event<unknown> {
    return this.#view.onDidChangeVisibility;
  }

  /** @param snapshot undefined: nothing may be told of it here */
  show(snapshot: Snapshot | undefined): void {
    this.#tree.show(this.#toRows());
    const all = snapshot ? failingOf(snapshot) : { failing: [], of: 0 };
    const names = all.failing.map(plainWorktreeName).join(', ');
    const waiting = snapshot ? waitingAgents(snapshot).length : 0;
    const tooltip = [names === '' ? '' : `${failingSentence(all)}: ${names}`, waitingText(waiting)]
      .filter((text) => text !== '')
      .join('\n');
    // Each write goes to the editor's other process.
    if (tooltip === this.#badge) return;
    this.#badge = tooltip;
    this.#view.badge = tooltip === '' ? undefined : { value: all.failing.length + waiting, tooltip };
  }

  /** Brings a row into sight where the view is open, without taking the focus. */
  async reveal(row: string): Promise<void> {
    if (this.visible) await this.#view.reveal(row, { select: false, focus: false });
  }

  dispose(): void {
    clearInterval(this.#clock);
    this.#visibility.dispose();
    this.#view.dispose();
    this.#tree.dispose();
  }

  #followClock(): void {
    clearInterval(this.#clock);
    this.#clock = this.visible ? setInterval(() => this.#tree.show(this.#toRows()), tickMs) : undefined;
  }
}
