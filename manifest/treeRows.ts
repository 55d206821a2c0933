/**
 * The rows of the tree that a command can be on, as patterns for what `ui/tree/item` calls a row: its kind, and what is true of
 * it, each with a semicolon. A test holds that each pattern finds some rows and not all.
 */
export const treeRows = {
  worktree: '^worktree;',
  worktreeWithEnvironment: '^worktree;.*\\benv;',
  worktreeWithoutEnvironment: '^worktree;.*\\benvless;',
  worktreeWithDatabase: '^worktree;.*\\bdatabase;',
  worktreeWithUrl: '^worktree;.*\\burl;',
  worktreeToUpdate: '^worktree;.*\\bupdatable;',
  worktreeAwake: '^worktree;.*\\bawake;',
  worktreeAsleep: '^worktree;.*\\basleep;',
  worktreeGoing: '^worktree;.*\\bgoing;',
  worktreeGone: '^worktree;.*\\bgone;',
  worktreeWithFolder: '^worktree;(?!.*\\bgone;)',
  worktreeLinked: '^worktree;linked;(?!.*\\bgone;)',
  worktreeElsewhere: '^worktree;(?!.*\\b(window|gone);)',
  worktreeForAgent: '^worktree;.*\\b(window|env);',
  worktreeToDelete: '^worktree;.*\\b(linked|claimed);',
  service: '^service;',
  serviceWithUrl: '^service;url;',
  serviceRunning: '^service;(?!.*\\b(stopped|asleep);)',
  serviceStopped: '^service;.*\\bstopped;',
  serviceAsleep: '^service;.*\\basleep;',
  serviceRestarted: '^service;.*\\brestarted;',
  serviceWithUrlOrUrl: '^(service;url|url);',
  url: '^url;',
  forward: '^forward;',
  database: '^database;',
  temporalNamespace: '^temporalNamespace;',
  folder: '^folder;',
  orphan: '^orphan;$',
  offline: '^offline;',
  outdatedCluster: '^outdatedCluster;',
  noEnvironmentFile: '^noEnvironmentFile;',
  infra: '^infra;',
  infraService: '^infraService;',
  infraServiceWithUrl: '^infraService;url;',
} as const;

export type TreeRow = keyof typeof treeRows;
