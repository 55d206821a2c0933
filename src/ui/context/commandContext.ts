import type { Memento, Uri } from 'vscode';
import type { Snapshot, WorktreeEntry } from '../../core/model';
import type { UiDependencies } from '../editor/dependencies';
import type { Descriptions } from '../services/descriptions';
import type { ForwardedPorts } from '../services/forwardedPorts';
import type { LogTerminals } from '../logs/logTerminals';
import type { StatusDocuments } from '../status/statusDocuments';
import type { CreateWatch } from '../tree/createWatch';
import type { TreeNode } from '../tree/nodes';
import type { ListChoices } from '../tree/listChoices';

/** What a command works with. */
export interface CommandContext {
  readonly dependencies: UiDependencies;
  readonly logTerminals: LogTerminals;
  readonly statusDocuments: StatusDocuments;
  readonly descriptions: Descriptions;
  readonly forwardedPorts: ForwardedPorts;
  readonly extensionUri: Uri;
  /** What this person has said once for all windows. */
  readonly remembered: Pick<Memento, 'get' | 'update'>;
  readonly list: Pick<ListChoices, 'order' | 'filter' | 'sortBy' | 'show'>;
  readonly making: Pick<CreateWatch, 'followed'>;
  readonly snapshot: Snapshot;
  /** Absolute paths of the window's folders. */
  readonly folders: readonly string[];
  /** The worktree of the window. */
  readonly windowEntry: WorktreeEntry | undefined;
  /** The row that a menu gave to the command, as it is now, whether the view shows it or not. */
  nodeOf(argument: unknown): TreeNode | undefined;
  /** Shows the dashboard of the worktree in this folder, compared with another's where that is given; the first call loads its code. */
  openDashboard(folder: string, comparedWith?: string): Promise<void>;
  /** Shows what all services of the worktree in this folder print, in a tab; the first call loads its code. */
  openLogs(folder: string): Promise<void>;
  /** Shows all environments in a tab; the first call loads its code. */
  openOverview(): Promise<void>;
  /** The rows that are selected in the view. */
  readonly selection: readonly string[];
  /** The row that a key was pressed on, asked once, while that key's command begins. */
  takeFocused(): string | undefined;
  /** Brings a row into sight where the view is open, without taking the focus. */
  reveal(row: string): Promise<void>;
  /** Reads everything anew; never rejects. */
  refresh(): Promise<void>;
}

/**
 * Runs once a person asked for it; what it throws is reported in one place.
 *
 * @param argument what the menu gave
 * @param selected all rows that are selected, where that is one of them
 */
export type CommandHandler = (
  context: CommandContext,
  argument: unknown,
  selected?: readonly unknown[],
) => Promise<void> | void;
