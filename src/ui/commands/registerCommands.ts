import * as vscode from 'vscode';
import type { CommandContext, CommandHandler } from '../context/commandContext';
import { commandIds, harmlessCommands, type CommandId } from '../context/commandId';
import { refuseUntrusted, report, type Reporter } from '../report/report';

/** What each command does, once its code is loaded: `ui/commands/commandHandlers`. */
export type LoadCommands = () => Promise<Readonly<Record<CommandId, CommandHandler>>>;

/** The only place where commands are registered: each is refused in a folder that is not trusted, and reports alike. */
export function registerCommands(load: LoadCommands, context: CommandContext, reporter: Reporter): vscode.Disposable {
  const registrations = commandIds.map((id) =>
    vscode.commands.registerCommand(id, (argument: unknown) => runCommand(id, load, context, reporter, argument)),
  );
  return vscode.Disposable.from(...registrations);
}

async function runCommand(
  id: CommandId,
  load: LoadCommands,
  context: CommandContext,
  reporter: Reporter,
  argument: unknown,
): Promise<void> {
  try {
    if (!vscode.workspace.isTrusted && !harmlessCommands.has(id)) return void refuseUntrusted();
    const handlers = await load();
    await handlers[id](context, argument);
  } catch (error) {
    // Not awaited: the command is over, and the notification may stay for long.
    void report(error, reporter, () => void runCommand(id, load, context, reporter, argument));
  }
}
