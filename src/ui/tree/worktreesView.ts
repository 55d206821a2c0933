import * as vscode from 'vscode';
import { waitingAgents, waitingText } from '../../app/view/agentWords';
import { failingOf, failingSentence } from '../../app/view/failing';
import { filterText, filterWorktrees } from '../../app/view/worktreeFilter';
import type { Snapshot } from '../../core/model';
import { plainWorktreeName } from '../editor/windowEntry';
import { FocusedRow } from './focusedRow';
import type { Tree } from './nodes';
import { WorktreesTree, type UsageOf } from './provider';
import type { ListChoices } from './listChoices';

export const worktreesViewId = 'coppice.worktrees';

/** Rows say how long ago something was, in minutes. */
const tickMs = 60_000;

/** The view of the worktrees: its rows, and a badge that counts what fails and which agents wait. While a person sees it, its rows keep up with the clock. */
export class WorktreesView implements vscode.Disposable {
  readonly #tree: WorktreesTree;
  readonly #view: vscode.TreeView<string>;
  readonly #toRows: () => Tree;
  readonly #focused = new FocusedRow();
  readonly #listeners: vscode.Disposable;
  readonly #list: Pick<ListChoices, 'filter' | 'measure'>;
  #clock: ReturnType<typeof setInterval> | undefined;
  #badge = '';
  #message = '';

  /** @param toRows what is to be shown now */
  constructor(usageOf: UsageOf, list: Pick<ListChoices, 'filter' | 'measure'>, toRows: () => Tree) {
    this.#list = list;
    this.#tree = new WorktreesTree(usageOf);
    this.#toRows = toRows;
    this.#view = vscode.window.createTreeView(worktreesViewId, {
      treeDataProvider: this.#tree,
      showCollapseAll: true,
      canSelectMany: true,
    });
    this.#listeners = vscode.Disposable.from(
      this.#view.onDidChangeVisibility(() => this.#followClock()),
      this.#view.onDidChangeSelection(({ selection }) => this.#focused.note(selection)),
    );
  }

  get visible(): boolean {
    return this.#view.visible;
  }

  /** Ids of the rows that are selected. */
  get selection(): readonly string[] {
    return this.#view.selection;
  }

  /** Id of the row that a key was pressed on; `FocusedRow` says when it may be asked. */
  takeFocused(): string | undefined {
    return this.#focused.take();
  }

  get onDidChangeVisibility(): vscode.Event<unknown> {
    return this.#view.onDidChangeVisibility;
  }

  /** @param snapshot undefined: nothing may be told of it here */
  show(snapshot: Snapshot | undefined): void {
    const rows = this.#toRows();
    this.#tree.show(rows);
    this.#showMessage(snapshot, rows.nodes.size > 0);
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
    this.#listeners.dispose();
    this.#view.dispose();
    this.#tree.dispose();
  }

  /** An empty view says itself why it is, with a way back: a message would hide that. */
  #showMessage(snapshot: Snapshot | undefined, hasRows: boolean): void {
    const { filter } = this.#list;
    const message =
      snapshot && filter !== undefined && hasRows
        ? filterText(filter, filterWorktrees(snapshot, filter).length, snapshot.entries.length)
        : '';
    if (message === this.#message) return;
    this.#message = message;
    this.#view.message = message;
  }

  #followClock(): void {
    clearInterval(this.#clock);
    this.#clock = undefined;
    if (!this.visible) return;
    void this.#list.measure();
    this.#clock = setInterval(() => {
      this.#tree.show(this.#toRows());
      void this.#list.measure();
    }, tickMs);
  }
}
