import * as vscode from 'vscode';
import { worktreeView } from '../../app/view/worktreeView';
import type { WorktreeEntry } from '../../core/model';
import type { CommandContext } from '../context/commandContext';
import { readSettings } from '../editor/settings';
import { linkless, plainLine } from '../editor/text';

/** Says it where an agent that was asked for is not started soon: the worktree's own window waits for its environment. */
export function tellAgentWaits({ snapshot }: Pick<CommandContext, 'snapshot'>, entry: WorktreeEntry): void {
  const { state, name, why } = worktreeView(entry, snapshot);
  if (state !== 'degraded' || readSettings()['agent.startWhen'] === 'atOnce') return;
  const text = `The agent starts in ${name} once its environment is ready. ${why ?? ''}`.trim();
  void vscode.window.showInformationMessage(linkless(plainLine(text)));
}
