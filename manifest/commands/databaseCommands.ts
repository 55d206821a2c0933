import type { CommandRow } from '../commandRow';
import { when } from '../when';

export const databaseCommands: readonly CommandRow[] = [
  {
    id: 'copyDatabaseUrl',
    title: 'Copy Database URL',
    icon: 'copy',
    palette: when.withEnvironment,
    rows: { database: ['inline@1', '5_copy@1'], worktreeWithEnvironment: ['5_copy@3'] },
  },
  { id: 'checkDatabase', title: 'Check Database Server', icon: 'pulse', palette: when.inRepository },
  { id: 'refreshTemplate', title: 'Refresh Template Database', icon: 'database', palette: when.inRepository },
  { id: 'setPostgresPassword', title: 'Set PostgreSQL Password…', palette: when.trusted },
];
