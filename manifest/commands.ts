import type { CommandRow } from './commandRow';
import { clusterCommands } from './commands/clusterCommands';
import { databaseCommands } from './commands/databaseCommands';
import { environmentCommands } from './commands/environmentCommands';
import { serviceCommands } from './commands/serviceCommands';
import { worktreeCommands } from './commands/worktreeCommands';

export const commands: readonly CommandRow[] = [
  ...worktreeCommands,
  ...environmentCommands,
  ...databaseCommands,
  ...serviceCommands,
  ...clusterCommands,
];
