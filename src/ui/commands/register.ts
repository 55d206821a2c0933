import * as vscode from 'vscode';
import { refuseUntrusted, report, type Reporter } from '../report';
import { chooseCluster } from './chooseCluster';
import { checkDatabase } from './checkDatabase';
import { refreshTemplate } from './refreshTemplate';
import { createEnvironment } from './createEnvironment';
import { createEnvironmentFile } from './createEnvironmentFile';
import { createWorktree } from './createWorktree';
import { createWorktreeAndStartAgent } from './createWorktreeAndStartAgent';
import { copyDatabaseUrl } from './copyDatabaseUrl';
import { copyPath } from './copyPath';
import { copyUrl } from './copyUrl';
import type { CommandContext, CommandHandler } from './context';
import { deleteCluster } from './deleteCluster';
import { deleteOrphan } from './deleteOrphan';
import { describeService } from './describeService';
import { deleteWorktree } from './deleteWorktree';
import { forwardPort } from './forwardPort';
import { commandIds, harmlessCommands, type CommandId } from './ids';
import { openDashboard } from './openDashboard';
import { openContainerTerminal } from './openContainerTerminal';
import { openEnvironmentFile } from './openEnvironmentFile';
import { openUrl } from './openUrl';
import { openWindow } from './openWindow';
import { refresh } from './refresh';
import { restartCluster } from './restartCluster';
import { restartService } from './restartService';
import { reveal } from './reveal';
import { scaleService } from './scaleService';
import { showActions } from './showActions';
import { setPostgresPassword } from './setPostgresPassword';
import { removeInfra } from './removeInfra';
import { setUpCluster } from './setUpCluster';
import { setUpInfra } from './setUpInfra';
import { showLog } from './showLog';
import { showLogs } from './showLogs';
import { showPreviousLogs } from './showPreviousLogs';
import { showStatus } from './showStatus';
import { startAgent } from './startAgent';
import { startCluster } from './startCluster';
import { stopCluster } from './stopCluster';
import { stopForward } from './stopForward';
import { switchWorktree } from './switchWorktree';
import { updateEnvironment } from './updateEnvironment';

export const commandHandlers = {
  'coppice.createWorktree': createWorktree,
  'coppice.createWorktreeAndStartAgent': createWorktreeAndStartAgent,
  'coppice.createEnvironment': createEnvironment,
  'coppice.updateEnvironment': updateEnvironment,
  'coppice.openWindow': openWindow,
  'coppice.openUrl': openUrl,
  'coppice.switchWorktree': switchWorktree,
  'coppice.openDashboard': openDashboard,
  'coppice.showStatus': showStatus,
  'coppice.showActions': showActions,
  'coppice.delete': deleteWorktree,
  'coppice.deleteOrphan': deleteOrphan,
  'coppice.refresh': refresh,
  'coppice.showLogs': showLogs,
  'coppice.checkDatabase': checkDatabase,
  'coppice.refreshTemplate': refreshTemplate,
  'coppice.setPostgresPassword': setPostgresPassword,
  'coppice.showPreviousLogs': showPreviousLogs,
  'coppice.openContainerTerminal': openContainerTerminal,
  'coppice.forwardPort': forwardPort,
  'coppice.stopForward': stopForward,
  'coppice.describeService': describeService,
  'coppice.restartService': restartService,
  'coppice.scaleService': scaleService,
  'coppice.copyUrl': copyUrl,
  'coppice.copyDatabaseUrl': copyDatabaseUrl,
  'coppice.copyPath': copyPath,
  'coppice.reveal': reveal,
  'coppice.startAgent': startAgent,
  'coppice.startCluster': startCluster,
  'coppice.stopCluster': stopCluster,
  'coppice.restartCluster': restartCluster,
  'coppice.chooseCluster': chooseCluster,
  'coppice.setUpCluster': setUpCluster,
  'coppice.setUpInfra': setUpInfra,
  'coppice.removeInfra': removeInfra,
  'coppice.deleteCluster': deleteCluster,
  'coppice.openEnvironmentFile': openEnvironmentFile,
  'coppice.createEnvironmentFile': createEnvironmentFile,
  'coppice.showLog': showLog,
} satisfies Record<CommandId, CommandHandler>;

/** The only place where commands are registered: each is refused in a folder that is not trusted, and reports alike. */
export function registerCommands(context: CommandContext, reporter: Reporter): vscode.Disposable {
  const registrations = commandIds.map((id) =>
    vscode.commands.registerCommand(id, (argument: unknown) => runCommand(id, context, reporter, argument)),
  );
  return vscode.Disposable.from(...registrations);
}

async function runCommand(
  id: CommandId,
  context: CommandContext,
  reporter: Reporter,
  argument: unknown,
): Promise<void> {
  try {
    if (!vscode.workspace.isTrusted && !harmlessCommands.has(id)) return void refuseUntrusted();
    await commandHandlers[id](context, argument);
  } catch (error) {
    // Not awaited: the command is over, and the notification may stay for long.
    void report(error, reporter, () => void runCommand(id, context, reporter, argument));
  }
}
