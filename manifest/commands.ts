import type { CommandRow } from './commandRow';
import { clusterCommands } from './commands/clusterCommands';
import { databaseCommands } from './commands/databaseCommands';
import { environmentCommands } from './commands/environmentCommands';
import { listCommands } from './commands/listCommands';
import { serviceCommands } from './commands/serviceCommands';
import { worktreeCommands } from './commands/worktreeCommands';

export const commands: readonly CommandRow[] = [
  ...worktreeCommands,
  ...environmentCommands,
  ...databaseCommands,
  ...serviceCommands,
  ...clusterCommands,
  ...listCommands,
];
