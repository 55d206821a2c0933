import { cleanUpInteractively } from '../cleanup/cleanUpFlow';
import type { CommandHandler } from '../context/commandContext';

export const cleanUpWorktrees: CommandHandler = (context) => cleanUpInteractively(context);
