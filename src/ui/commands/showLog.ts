import type { CommandHandler } from './context';

export const showLog: CommandHandler = (context) => context.dependencies.log.show();
