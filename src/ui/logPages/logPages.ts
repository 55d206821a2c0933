import * as vscode from 'vscode';
import { isLogsState } from '../../../webview/logsProtocol';
import { iconless, shortened } from '../editor/text';
import { entryOfFolder, plainWorktreeName } from '../editor/windowEntry';
import { logsViewType, type OpenLogs, type PageOptions } from '../window/pages';
import { LogPage } from './logPage';

/** The logs of environments in tabs of the window, one for each worktree. */
export class LogPages implements OpenLogs {
  readonly #options: PageOptions;
  readonly #pages = new Map<string, LogPage>();

  constructor(options: PageOptions) {
    this.#options = options;
  }

  /** Brings up the worktree's tab, or opens one. @param worktree its folder */
  open(worktree: string): void {
    const known = this.#pages.get(worktree);
    if (known) return known.panel.reveal();
    const entry = entryOfFolder(this.#options.dependencies.store.snapshot, worktree);
    const title = shortened(`${iconless(entry ? plainWorktreeName(entry) : worktree)} · logs`, 80);
    // Not kept when hidden: it reads again when it is seen, and costs nothing meanwhile.
    const panel = vscode.window.createWebviewPanel(logsViewType, title, vscode.ViewColumn.Active, {
      enableScripts: true,
      enableFindWidget: true,
      localResourceRoots: [this.#files],
    });
    this.#adopt(panel, worktree);
  }

  restore(panel: vscode.WebviewPanel, state: unknown): void {
    if (!isLogsState(state) || this.#pages.has(state.worktree) || !vscode.workspace.isTrusted) panel.dispose();
    else this.#adopt(panel, state.worktree);
  }

  /** Leaves the tabs: the window that comes after this one brings them back. */
  dispose(): void {
    for (const page of [...this.#pages.values()]) page.dispose();
  }

  get #files(): vscode.Uri {
    return vscode.Uri.joinPath(this.#options.extensionUri, 'dist', 'webview');
  }

  #adopt(panel: vscode.WebviewPanel, worktree: string): void {
    const page = new LogPage(panel, worktree, {
      dependencies: this.#options.dependencies,
      report: this.#options.report,
      files: this.#files,
      onDidChange: (closed) => {
        if (closed && this.#pages.get(worktree) === page) this.#pages.delete(worktree);
        this.#options.onDidChangeVisibility([...this.#pages.values()].some((each) => each.panel.visible));
      },
    });
    this.#pages.set(worktree, page);
    page.begin();
  }
}
