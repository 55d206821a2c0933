import * as vscode from 'vscode';
import type { CommandId } from './commands/ids';
import type { StatusBarText } from './statusBarText';
import { toMarkdown } from './tree/treeItem';

const command: CommandId = 'coppice.showActions';

/** The one item of the status bar. */
export class StatusBar implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem;

  constructor() {
    this.#item = vscode.window.createStatusBarItem('coppice.environment', vscode.StatusBarAlignment.Left, 90);
    this.#item.name = 'Coppice Environment';
    this.#item.command = command;
  }

  show(data: StatusBarText | undefined): void {
    if (!data) return this.#item.hide();
    this.#item.text = data.text;
    this.#item.accessibilityInformation = { label: data.accessibleName, role: 'button' };
    this.#item.tooltip = toMarkdown(data.tooltip);
    this.#item.backgroundColor = data.isError ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
    this.#item.show();
  }

  dispose(): void {
    this.#item.dispose();
  }
}
