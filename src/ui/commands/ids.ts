/** Every command of the extension; manifest.test.ts compares them with package.json. */
export const commandIds = [
  'coppice.createWorktree',
  'coppice.createWorktreeAndStartAgent',
  'coppice.createEnvironment',
  'coppice.updateEnvironment',
  'coppice.openWindow',
  'coppice.openUrl',
  'coppice.switchWorktree',
  'coppice.openDashboard',
  'coppice.showStatus',
  'coppice.showActions',
  'coppice.delete',
  'coppice.deleteOrphan',
  'coppice.refresh',
  'coppice.showLogs',
  'coppice.showPreviousLogs',
  'coppice.openContainerTerminal',
  'coppice.forwardPort',
  'coppice.stopForward',
  'coppice.describeService',
  'coppice.restartService',
  'coppice.scaleService',
  'coppice.copyUrl',
  'coppice.copyDatabaseUrl',
  'coppice.copyPath',
  'coppice.reveal',
  'coppice.startAgent',
  'coppice.startCluster',
  'coppice.stopCluster',
  'coppice.chooseCluster',
  'coppice.setUpCluster',
  'coppice.deleteCluster',
  'coppice.openEnvironmentFile',
  'coppice.createEnvironmentFile',
  'coppice.checkDatabase',
  'coppice.setPostgresPassword',
  'coppice.showLog',
] as const;

export type CommandId = (typeof commandIds)[number];

/** Run nothing of the repository's, and so may run where the folder is not trusted. */
export const harmlessCommands: ReadonlySet<CommandId> = new Set<CommandId>(['coppice.showLog']);
