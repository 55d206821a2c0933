import { createWorktreeInteractively } from '../create/createFlow';
import type { CommandHandler } from './context';

export const createWorktree: CommandHandler = (context) => createWorktreeInteractively(context, false);
