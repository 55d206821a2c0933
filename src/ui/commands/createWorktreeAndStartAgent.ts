import { createWorktreeInteractively } from '../create/createFlow';
import type { CommandHandler } from './context';

export const createWorktreeAndStartAgent: CommandHandler = (context) => createWorktreeInteractively(context, true);
