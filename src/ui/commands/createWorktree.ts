import { createWorktreeInteractively } from '../create/createFlow';
import type { CommandHandler } from '../context/commandContext';

export const createWorktree: CommandHandler = (context) => createWorktreeInteractively(context, false);
