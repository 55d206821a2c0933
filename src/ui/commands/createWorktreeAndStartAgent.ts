import { createWorktreeInteractively } from '../create/createFlow';
import type { CommandHandler } from '../context/commandContext';

export const createWorktreeAndStartAgent: CommandHandler = (context) => createWorktreeInteractively(context, true);
