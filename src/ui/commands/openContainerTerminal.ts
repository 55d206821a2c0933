import * as vscode from 'vscode';
import { targetService } from '../context/prompts';
import { ContainerTerminal } from '../terminals/containerTerminal';
import { plainLine } from '../editor/text';
import { plainWorktreeName } from '../editor/windowEntry';
import type { CommandHandler } from '../context/commandContext';

/** A shell in a pod of a service. The terminal is the person's: it ends when they close it, or with the window. */
export const openContainerTerminal: CommandHandler = async (context, argument) => {
  const target = await targetService(context, argument, 'Choose the service whose container to open a terminal in');
  if (!target) return;
  const { path } = target.entry.worktree;
  const service = target.service.name;
  const { services } = context.dependencies;
  const pty = new ContainerTerminal((request, signal) =>
    services.exec(
      { ...request, folder: path, path, service, command: [], stdin: true },
      { signal, report: () => undefined },
    ),
  );
  const name = `${plainWorktreeName(target.entry)} · ${plainLine(service)} · container`;
  vscode.window.createTerminal({ name, pty, iconPath: new vscode.ThemeIcon('vm'), isTransient: true }).show();
};
