import type { CommandHandler } from '../context/commandContext';
import { startAgentAt } from '../terminals/startAgentAt';

export const startAgent: CommandHandler = (context, argument) => startAgentAt(context, argument, {});
