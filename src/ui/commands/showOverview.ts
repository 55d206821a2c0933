import type { CommandHandler } from '../context/commandContext';

export const showOverview: CommandHandler = (context) => context.openOverview();
