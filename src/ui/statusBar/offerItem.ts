import * as vscode from 'vscode';
import type { WorktreeEntry } from '../../core/model';
import type { CommandId } from '../context/commandId';
import { iconless } from '../editor/text';
import { plainWorktreeName } from '../editor/windowEntry';

const command: CommandId = 'coppice.createEnvironment';

/** Offers the environments of worktrees that others have made: there is no such item before the first of them. */
export class OfferItem implements vscode.Disposable {
  #item: vscode.StatusBarItem | undefined;

  /** @param entries those that are offered one */
  show([first, ...others]: readonly WorktreeEntry[]): void {
    if (!first) return this.#item?.hide();
    this.#item ??= vscode.window.createStatusBarItem('coppice.newWorktree', vscode.StatusBarAlignment.Left, 89);
    const name = plainWorktreeName(first);
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    const row = `worktree:${first.worktree.path}`;
    this.#item.name = 'Coppice New Worktrees';
    this.#item.text = `$(add) Environment for ${iconless(name)}${more}`;
    this.#item.accessibilityInformation = { label: `Create an environment for ${name}${more}`, role: 'button' };
    this.#item.tooltip = `Create an environment for ${name}, a worktree that was made outside of Coppice${more}.`;
    this.#item.command = { command, title: 'Create Environment', arguments: [row] };
    this.#item.show();
  }

  dispose(): void {
    this.#item?.dispose();
  }
}
