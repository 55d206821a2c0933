import * as vscode from 'vscode';

/** From an edit to the reading: a save touches several files. Milliseconds. */
const gatherMs = 300;
/** How long nobody hears of edits in worktrees that this window does not show. Milliseconds. */
const otherWorktreesMs = 10_000;
/** How often longer than a reading took the next one waits, so that a large repository does not keep the machine busy. */
const pauseAfter = { edit: 4, otherWorktrees: 20 };

export interface EditWatchOptions {
  /** Reads every worktree's state anew; never rejects. */
  readonly read: () => Promise<void>;
  /** Whether somebody may see the result. */
  readonly isWatched: () => boolean;
}

/**
 * Has the worktrees read anew after edits, of which git's own directory shows nothing. Edits in the window's folders are
 * told by the editor, which watches them anyway; those of agents in other worktrees are looked for now and then, while
 * the window has the focus.
 */
export class EditWatch implements vscode.Disposable {
  readonly #options: EditWatchOptions;
  readonly #subscriptions: vscode.Disposable;
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Infinity;
  #restUntil = 0;
  #isForEdit = false;
  #isReading = false;
  #isDisposed = false;

  constructor(options: EditWatchOptions) {
    this.#options = options;
    const files = vscode.workspace.createFileSystemWatcher('**/*');
    const hear = (uri: vscode.Uri): void => {
      // What happens in git's directory is told by its own watch.
      if (!/\/\.git(?:\/|$)/.test(uri.path)) this.#readIn(gatherMs);
    };
    this.#subscriptions = vscode.Disposable.from(
      files,
      files.onDidChange(hear),
      files.onDidCreate(hear),
      files.onDidDelete(hear),
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) this.#readIn(0);
      }),
    );
    this.#readIn(otherWorktreesMs, false);
  }

  /** Its reading may go on. */
  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    this.#subscriptions.dispose();
  }

  #readIn(milliseconds: number, isForEdit = true): void {
    const at = Math.max(performance.now() + milliseconds, this.#restUntil);
    if (this.#isDisposed || at >= this.#dueAt) return;
    this.#dueAt = at;
    this.#isForEdit = isForEdit;
    clearTimeout(this.#timer);
    // While one runs, its end sees to the next.
    if (!this.#isReading) this.#timer = setTimeout(() => void this.#read(), at - performance.now());
  }

  async #read(): Promise<void> {
    const started = performance.now();
    if (this.#isForEdit ? this.#options.isWatched() : vscode.window.state.focused) {
      this.#dueAt = Infinity;
      this.#isReading = true;
      await this.#options.read();
      this.#isReading = false;
    }
    const took = performance.now() - started;
    const isEdited = this.#dueAt > started && this.#dueAt < Infinity;
    this.#dueAt = Infinity;
    this.#restUntil = performance.now() + took * pauseAfter.edit;
    if (isEdited) this.#readIn(gatherMs);
    this.#readIn(Math.max(otherWorktreesMs, took * pauseAfter.otherWorktrees), false);
  }
}
