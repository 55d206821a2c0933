import { sayProtected } from '../database/sayProtected';
import type { CommandHandler } from '../context/commandContext';

/** Has an environment's database refuse to be deleted or replaced. */
export const protectDatabase: CommandHandler = (context, argument) => sayProtected(context, argument, true);
