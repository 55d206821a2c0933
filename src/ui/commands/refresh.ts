import type { CommandHandler } from '../context/commandContext';

export const refresh: CommandHandler = (context) => context.refresh();
