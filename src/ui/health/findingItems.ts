import * as vscode from 'vscode';
import { adviceText } from '../../app/health/healthJson';
import type { Finding, FindingState } from '../../app/health/finding';
import type { WayOut } from '../../app/view/wayOut';
import type { CommandId } from '../context/commandId';
import { iconless } from '../editor/text';

const icons: Readonly<Record<FindingState, string>> = {
  problem: 'error',
  warning: 'warning',
  unknown: 'question',
  good: 'pass',
};

/** In which a person wants to read them. */
const order: readonly FindingState[] = ['problem', 'unknown', 'warning', 'good'];

/** What a way out is called in this window; of those about one worktree the tree has the row. */
const commands: Readonly<Partial<Record<WayOut['command'], CommandId>>> = {
  chooseCluster: 'coppice.chooseCluster',
  startCluster: 'coppice.startCluster',
  restartCluster: 'coppice.restartCluster',
};

/** A row to choose, and what choosing it does. */
export interface FindingItem extends vscode.QuickPickItem {
  readonly run?: () => Thenable<unknown>;
}

/** The worst first. */
export function findingItems(findings: readonly Finding[]): FindingItem[] {
  return order.flatMap((state) => findings.filter((each) => each.state === state)).map(itemOf);
}

function itemOf(finding: Finding): FindingItem {
  const { state, message, way } = finding;
  const advice = adviceText(finding, 'window');
  const command = way && commands[way.command];
  const copy = advice === undefined ? undefined : () => vscode.env.clipboard.writeText(`${message} ${advice}`);
  return {
    label: `$(${icons[state]}) ${iconless(message)}`,
    ...(advice === undefined
      ? {}
      : { detail: iconless(command || !way ? advice : `${advice} The row of it is in the view.`) }),
    ...(command
      ? { run: () => vscode.commands.executeCommand(command) }
      : way
        ? { run: () => vscode.commands.executeCommand('coppice.worktrees.focus') }
        : copy && { run: copy }),
  };
}
