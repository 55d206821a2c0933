/**
 * What can be done with a worktree and with a service, by the commands of the editor, in the order in which every list has it: what looks before what changes, what deletes at the end. A list leaves out what
 * cannot be done now.
 */
export const actionOrder = [
  'createEnvironment',
  'openWindow',
  'openDashboard',
  'openUrl',
  'showLogs',
  'showAllLogs',
  'showPreviousLogs',
  'openTerminal',
  'openContainerTerminal',
  'showChanges',
  'wakeEnvironment',
  'startService',
  'restartService',
  'sleepEnvironment',
  'delete',
] as const;
