import * as vscode from 'vscode';
import type { CommandContext, CommandHandler } from '../context/commandContext';
import { commandIds, harmlessCommands, type CommandId } from '../context/commandId';
import { refuseUntrusted, report, type Reporter } from '../report/report';

/** What each command does, once its code is loaded: `ui/commands/commandHandlers`. */
export type LoadCommands = () => Promise<Readonly<Record<CommandId, CommandHandler>>>;

/** What a key gives in place of a row (`manifest/contributions`): it means the one that has the focus, or those that are selected. */
const keyArguments: readonly unknown[] = ['focused', 'selection'];

/** The row that a command was called on, and all that are selected where that is one of them. */
interface Rows {
  readonly argument: unknown;
  readonly selected: readonly unknown[];
}

/** The only place where commands are registered: each is refused in a folder that is not trusted, and reports alike. */
export function registerCommands(load: LoadCommands, context: CommandContext, reporter: Reporter): vscode.Disposable {
  const registrations = commandIds.map((id) =>
    vscode.commands.registerCommand(id, (argument: unknown, selected: unknown) => {
      if (!keyArguments.includes(argument))
        return runCommand(id, load, context, reporter, { argument, selected: Array.isArray(selected) ? selected : [] });
      const meant =
        argument === 'selection' ? context.selection : [context.takeFocused()].filter((row) => row !== undefined);
      // A key was pressed, and no row is meant: that is no reason to ask for one.
      if (meant.length === 0) return undefined;
      return runCommand(id, load, context, reporter, { argument: meant[0], selected: meant });
    }),
  );
  return vscode.Disposable.from(...registrations);
}

async function runCommand(
  id: CommandId,
  load: LoadCommands,
  context: CommandContext,
  reporter: Reporter,
  rows: Rows,
): Promise<void> {
  try {
    if (!vscode.workspace.isTrusted && !harmlessCommands.has(id)) return void refuseUntrusted();
    const handlers = await load();
    await handlers[id](context, rows.argument, rows.selected);
  } catch (error) {
    // Not awaited: the command is over, and the notification may stay for long.
    void report(error, reporter, () => void runCommand(id, load, context, reporter, rows));
  }
}
