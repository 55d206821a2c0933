// Written by "npm run manifest" from manifest/commands: change it there.

import type { CommandHandler } from '../context/commandContext';
import type { CommandId } from '../context/commandId';
import { checkDatabase } from './checkDatabase';
import { checkHealth } from './checkHealth';
import { chooseCluster } from './chooseCluster';
import { cleanUpWorktrees } from './cleanUpWorktrees';
import { compareDashboard } from './compareDashboard';
import { compareDatabase } from './compareDatabase';
import { compareWorktrees } from './compareWorktrees';
import { connectClaudeCode } from './connectClaudeCode';
import { continueAgent } from './continueAgent';
import { copyDatabaseUrl } from './copyDatabaseUrl';
import { copyPath } from './copyPath';
import { copyUrl } from './copyUrl';
import { createEnvironment } from './createEnvironment';
import { createEnvironmentFile } from './createEnvironmentFile';
import { createWorktree } from './createWorktree';
import { createWorktreeAndStartAgent } from './createWorktreeAndStartAgent';
import { deleteCluster } from './deleteCluster';
import { deleteOrphan } from './deleteOrphan';
import { deleteWorktree } from './deleteWorktree';
import { describeService } from './describeService';
import { emptyTrash } from './emptyTrash';
import { forkDatabase } from './forkDatabase';
import { forkWorktree } from './forkWorktree';
import { forwardPort } from './forwardPort';
import { goToWaitingAgent } from './goToWaitingAgent';
import { installCommand } from './installCommand';
import { keepEnvironment } from './keepEnvironment';
import { migrateDatabase } from './migrateDatabase';
import { openContainerTerminal } from './openContainerTerminal';
import { openDashboard } from './openDashboard';
import { openDatabaseTerminal } from './openDatabaseTerminal';
import { openEnvironmentFile } from './openEnvironmentFile';
import { openSample } from './openSample';
import { openTemporal } from './openTemporal';
import { openTerminal } from './openTerminal';
import { openUrl } from './openUrl';
import { openWindow } from './openWindow';
import { promoteWorktree } from './promoteWorktree';
import { protectDatabase } from './protectDatabase';
import { refresh } from './refresh';
import { refreshTemplate } from './refreshTemplate';
import { removeInfra } from './removeInfra';
import { reportProblem } from './reportProblem';
import { resetDatabase } from './resetDatabase';
import { restartCluster } from './restartCluster';
import { restartService } from './restartService';
import { restoreDatabase } from './restoreDatabase';
import { reveal } from './reveal';
import { runSetup } from './runSetup';
import { scaleService } from './scaleService';
import { setPostgresPassword } from './setPostgresPassword';
import { setUpCluster } from './setUpCluster';
import { setUpInfra } from './setUpInfra';
import { showActions } from './showActions';
import { showAllLogs } from './showAllLogs';
import { showChanges } from './showChanges';
import { showFiltered } from './showFiltered';
import { showLatestRows } from './showLatestRows';
import { showLog } from './showLog';
import { showLogs } from './showLogs';
import { showMigrationStatus } from './showMigrationStatus';
import { showOverview } from './showOverview';
import { showPreviousLogs } from './showPreviousLogs';
import { showReach } from './showReach';
import { showStatus } from './showStatus';
import { showUpdateChanges } from './showUpdateChanges';
import { sleepEnvironment } from './sleepEnvironment';
import { sleepLeastUsed } from './sleepLeastUsed';
import { snapshotDatabase } from './snapshotDatabase';
import { sortWorktrees } from './sortWorktrees';
import { startAgent } from './startAgent';
import { startAgentInSandbox } from './startAgentInSandbox';
import { startCluster } from './startCluster';
import { startService } from './startService';
import { startSeveral } from './startSeveral';
import { stopCluster } from './stopCluster';
import { stopForward } from './stopForward';
import { switchWorktree } from './switchWorktree';
import { undoDelete } from './undoDelete';
import { unprotectDatabase } from './unprotectDatabase';
import { updateEnvironment } from './updateEnvironment';
import { wakeEnvironment } from './wakeEnvironment';

/** What each command does. */
export const commandHandlers: Readonly<Record<CommandId, CommandHandler>> = {
  'coppice.createWorktree': createWorktree,
  'coppice.createWorktreeAndStartAgent': createWorktreeAndStartAgent,
  'coppice.forkWorktree': forkWorktree,
  'coppice.compareWorktrees': compareWorktrees,
  'coppice.promoteWorktree': promoteWorktree,
  'coppice.startSeveral': startSeveral,
  'coppice.openWindow': openWindow,
  'coppice.openTerminal': openTerminal,
  'coppice.showChanges': showChanges,
  'coppice.switchWorktree': switchWorktree,
  'coppice.startAgent': startAgent,
  'coppice.startAgentInSandbox': startAgentInSandbox,
  'coppice.continueAgent': continueAgent,
  'coppice.goToWaitingAgent': goToWaitingAgent,
  'coppice.showOverview': showOverview,
  'coppice.showStatus': showStatus,
  'coppice.showReach': showReach,
  'coppice.showActions': showActions,
  'coppice.copyPath': copyPath,
  'coppice.reveal': reveal,
  'coppice.delete': deleteWorktree,
  'coppice.undoDelete': undoDelete,
  'coppice.emptyTrash': emptyTrash,
  'coppice.cleanUpWorktrees': cleanUpWorktrees,
  'coppice.refresh': refresh,
  'coppice.openSample': openSample,
  'coppice.installCommand': installCommand,
  'coppice.createEnvironment': createEnvironment,
  'coppice.updateEnvironment': updateEnvironment,
  'coppice.showUpdateChanges': showUpdateChanges,
  'coppice.sleepEnvironment': sleepEnvironment,
  'coppice.sleepLeastUsed': sleepLeastUsed,
  'coppice.keepEnvironment': keepEnvironment,
  'coppice.wakeEnvironment': wakeEnvironment,
  'coppice.runSetup': runSetup,
  'coppice.openTemporal': openTemporal,
  'coppice.openUrl': openUrl,
  'coppice.openDashboard': openDashboard,
  'coppice.compareDashboard': compareDashboard,
  'coppice.copyUrl': copyUrl,
  'coppice.deleteOrphan': deleteOrphan,
  'coppice.openEnvironmentFile': openEnvironmentFile,
  'coppice.createEnvironmentFile': createEnvironmentFile,
  'coppice.connectClaudeCode': connectClaudeCode,
  'coppice.showLog': showLog,
  'coppice.checkHealth': checkHealth,
  'coppice.reportProblem': reportProblem,
  'coppice.copyDatabaseUrl': copyDatabaseUrl,
  'coppice.openDatabaseTerminal': openDatabaseTerminal,
  'coppice.showLatestRows': showLatestRows,
  'coppice.migrateDatabase': migrateDatabase,
  'coppice.showMigrationStatus': showMigrationStatus,
  'coppice.compareDatabase': compareDatabase,
  'coppice.snapshotDatabase': snapshotDatabase,
  'coppice.restoreDatabase': restoreDatabase,
  'coppice.resetDatabase': resetDatabase,
  'coppice.forkDatabase': forkDatabase,
  'coppice.protectDatabase': protectDatabase,
  'coppice.unprotectDatabase': unprotectDatabase,
  'coppice.checkDatabase': checkDatabase,
  'coppice.refreshTemplate': refreshTemplate,
  'coppice.setPostgresPassword': setPostgresPassword,
  'coppice.showLogs': showLogs,
  'coppice.showAllLogs': showAllLogs,
  'coppice.showPreviousLogs': showPreviousLogs,
  'coppice.openContainerTerminal': openContainerTerminal,
  'coppice.forwardPort': forwardPort,
  'coppice.stopForward': stopForward,
  'coppice.describeService': describeService,
  'coppice.startService': startService,
  'coppice.restartService': restartService,
  'coppice.scaleService': scaleService,
  'coppice.startCluster': startCluster,
  'coppice.stopCluster': stopCluster,
  'coppice.restartCluster': restartCluster,
  'coppice.chooseCluster': chooseCluster,
  'coppice.setUpCluster': setUpCluster,
  'coppice.deleteCluster': deleteCluster,
  'coppice.setUpInfra': setUpInfra,
  'coppice.removeInfra': removeInfra,
  'coppice.sortByAttention': (context) => sortWorktrees(context, 'attention'),
  'coppice.sortByAttentionChosen': (context) => sortWorktrees(context, 'attention'),
  'coppice.sortByActivity': (context) => sortWorktrees(context, 'activity'),
  'coppice.sortByActivityChosen': (context) => sortWorktrees(context, 'activity'),
  'coppice.sortByName': (context) => sortWorktrees(context, 'name'),
  'coppice.sortByNameChosen': (context) => sortWorktrees(context, 'name'),
  'coppice.sortByMemory': (context) => sortWorktrees(context, 'memory'),
  'coppice.sortByMemoryChosen': (context) => sortWorktrees(context, 'memory'),
  'coppice.showFailing': (context) => showFiltered(context, 'failing'),
  'coppice.showFailingChosen': (context) => showFiltered(context, 'failing'),
  'coppice.showWaiting': (context) => showFiltered(context, 'waiting'),
  'coppice.showWaitingChosen': (context) => showFiltered(context, 'waiting'),
  'coppice.showWithEnvironment': (context) => showFiltered(context, 'environment'),
  'coppice.showWithEnvironmentChosen': (context) => showFiltered(context, 'environment'),
  'coppice.showWithAgent': (context) => showFiltered(context, 'agents'),
  'coppice.showWithAgentChosen': (context) => showFiltered(context, 'agents'),
  'coppice.showChanged': (context) => showFiltered(context, 'changed'),
  'coppice.showChangedChosen': (context) => showFiltered(context, 'changed'),
  'coppice.showAllWorktrees': (context) => showFiltered(context, ''),
};
