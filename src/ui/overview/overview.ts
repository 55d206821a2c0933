import * as vscode from 'vscode';
import { isOverviewState } from '../../../webview/overviewProtocol';
import { overviewViewType, type OpenOverview, type OverviewOptions } from '../window/pages';
import { OverviewPanel } from './overviewPanel';

/** The one overview of the window. */
export class Overview implements OpenOverview {
  readonly #options: OverviewOptions;
  #panel: OverviewPanel | undefined;

  constructor(options: OverviewOptions) {
    this.#options = options;
  }

  /** Brings it up, or opens it. */
  open(): void {
    if (this.#panel) return this.#panel.panel.reveal();
    // Not kept when hidden: it is there again at once, with its order and its filter, and costs nothing meanwhile.
    const panel = vscode.window.createWebviewPanel(overviewViewType, 'Overview', vscode.ViewColumn.Active, {
      enableScripts: true,
      localResourceRoots: [this.#files],
    });
    this.#adopt(panel);
  }

  restore(panel: vscode.WebviewPanel, state: unknown): void {
    if (!isOverviewState(state) || this.#panel || !vscode.workspace.isTrusted) panel.dispose();
    else this.#adopt(panel);
  }

  /** Leaves the tab: the window that comes after this one brings it back. */
  dispose(): void {
    this.#panel?.dispose();
  }

  get #files(): vscode.Uri {
    return vscode.Uri.joinPath(this.#options.extensionUri, 'dist', 'webview');
  }

  #adopt(panel: vscode.WebviewPanel): void {
    this.#panel = new OverviewPanel(panel, this.#files, this.#options, () => (this.#panel = undefined));
  }
}
