import type { CommandRow } from '../commandRow';
import { when } from '../when';

export const databaseCommands: readonly CommandRow[] = [
  {
    id: 'copyDatabaseUrl',
    title: 'Copy Database URL',
    icon: 'copy',
    palette: when.withEnvironment,
    rows: { database: ['inline@1', '5_copy@1'], worktreeWithDatabase: ['5_copy@3'] },
  },
  {
    id: 'openDatabaseTerminal',
    title: 'Open Database Terminal',
    icon: 'terminal',
    palette: when.withEnvironment,
    rows: { database: ['inline@2', '1_open@1'], worktreeWithDatabase: ['1_open@5'] },
  },
  {
    id: 'migrateDatabase',
    title: 'Migrate Database',
    icon: 'run-all',
    palette: when.withEnvironment,
    rows: { database: ['3_database@1'], worktreeWithDatabase: ['3_database@1'] },
  },
  {
    id: 'showMigrationStatus',
    title: 'Show Migration Status',
    icon: 'list-ordered',
    palette: when.withEnvironment,
    rows: { database: ['inline@3', '3_database@2'], worktreeWithDatabase: ['3_database@2'] },
  },
  {
    id: 'snapshotDatabase',
    title: 'Snapshot Database…',
    icon: 'device-camera',
    palette: when.withEnvironment,
    rows: { database: ['inline@4', '3_database@3'], worktreeWithDatabase: ['3_database@3'] },
  },
  {
    id: 'restoreDatabase',
    title: 'Restore Database…',
    icon: 'history',
    palette: when.withEnvironment,
    rows: { database: ['3_database@4'], worktreeWithDatabase: ['3_database@4'] },
  },
  {
    id: 'resetDatabase',
    title: 'Reset Database…',
    icon: 'discard',
    palette: when.withEnvironment,
    rows: { database: ['3_database@5'], worktreeWithDatabase: ['3_database@5'] },
  },
  {
    id: 'forkDatabase',
    title: 'Fork Database…',
    icon: 'repo-forked',
    palette: when.withEnvironment,
    rows: { database: ['3_database@6'], worktreeWithDatabase: ['3_database@6'] },
  },
  {
    id: 'protectDatabase',
    title: 'Protect Database',
    icon: 'lock',
    palette: when.withEnvironment,
    rows: { database: ['4_protect@1'], worktreeWithDatabase: ['4_protect@1'] },
  },
  {
    id: 'unprotectDatabase',
    title: 'Unprotect Database',
    icon: 'unlock',
    palette: when.withEnvironment,
    rows: { database: ['4_protect@2'], worktreeWithDatabase: ['4_protect@2'] },
  },
  { id: 'checkDatabase', title: 'Check Database Server', icon: 'pulse', palette: when.inRepository },
  { id: 'refreshTemplate', title: 'Refresh Template Database', icon: 'database', palette: when.inRepository },
  { id: 'setPostgresPassword', title: 'Set PostgreSQL Password…', palette: when.trusted },
];
