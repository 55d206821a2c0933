// Written by "npm run manifest" from manifest/commands: change it there.

/** Every command of the extension. */
export const commandIds = [
  'coppice.createWorktree',
  'coppice.createWorktreeAndStartAgent',
  'coppice.openWindow',
  'coppice.switchWorktree',
  'coppice.startAgent',
  'coppice.showStatus',
  'coppice.showActions',
  'coppice.copyPath',
  'coppice.reveal',
  'coppice.delete',
  'coppice.refresh',
  'coppice.createEnvironment',
  'coppice.updateEnvironment',
  'coppice.openUrl',
  'coppice.openDashboard',
  'coppice.copyUrl',
  'coppice.deleteOrphan',
  'coppice.openEnvironmentFile',
  'coppice.createEnvironmentFile',
  'coppice.showLog',
  'coppice.copyDatabaseUrl',
  'coppice.checkDatabase',
  'coppice.refreshTemplate',
  'coppice.setPostgresPassword',
  'coppice.showLogs',
  'coppice.showPreviousLogs',
  'coppice.openContainerTerminal',
  'coppice.forwardPort',
  'coppice.stopForward',
  'coppice.describeService',
  'coppice.restartService',
  'coppice.scaleService',
  'coppice.startCluster',
  'coppice.stopCluster',
  'coppice.restartCluster',
  'coppice.chooseCluster',
  'coppice.setUpCluster',
  'coppice.deleteCluster',
  'coppice.setUpInfra',
  'coppice.removeInfra',
] as const;

export type CommandId = (typeof commandIds)[number];

/** Run nothing of the repository's, and so may run where the folder is not trusted. */
export const harmlessCommands: ReadonlySet<CommandId> = new Set<CommandId>(['coppice.showLog']);
