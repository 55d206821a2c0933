import type { CommandHandler } from './context';

export const refresh: CommandHandler = (context) => context.refresh();
