import { sayProtected } from '../database/sayProtected';
import type { CommandHandler } from '../context/commandContext';

/** Lets an environment's database be deleted and replaced again. */
export const unprotectDatabase: CommandHandler = (context, argument) => sayProtected(context, argument, false);
