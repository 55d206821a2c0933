import type { CommandHandler } from '../context/commandContext';

export const showLog: CommandHandler = (context) => context.dependencies.log.show();
