import * as vscode from 'vscode';
import type { CommandId } from '../context/commandId';
import type { StatusBarText } from './statusBarText';
import { toMarkdown } from '../tree/treeItem';

const command: CommandId = 'coppice.showActions';
const trustText = 'Trust this worktree to start its environment and agent';

/** The one item of the status bar. */
export class StatusBar implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem;

  constructor() {
    this.#item = vscode.window.createStatusBarItem('coppice.environment', vscode.StatusBarAlignment.Left, 90);
    this.#item.name = 'Coppice Environment';
  }

  show(data: StatusBarText | undefined): void {
    if (!data) return this.#item.hide();
    this.#item.command = command;
    this.#item.text = data.text;
    this.#item.accessibilityInformation = { label: data.accessibleName, role: 'button' };
    this.#item.tooltip = toMarkdown(data.tooltip);
    this.#item.backgroundColor = data.isError ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
    this.#item.show();
  }

  /** In a restricted window, which otherwise says nothing of why nothing happens in it. */
  showUntrusted(hasFolder: boolean): void {
    if (!hasFolder) return this.#item.hide();
    this.#item.text = `$(workspace-untrusted) ${trustText}`;
    this.#item.accessibilityInformation = { label: `Coppice: ${trustText}`, role: 'button' };
    this.#item.tooltip = 'Coppice reads and runs nothing of a folder that you do not trust.';
    this.#item.command = 'workbench.trust.manage';
    this.#item.backgroundColor = undefined;
    this.#item.show();
  }

  dispose(): void {
    this.#item.dispose();
  }
}
