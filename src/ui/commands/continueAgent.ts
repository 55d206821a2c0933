import type { CommandHandler } from '../context/commandContext';
import { startAgentAt } from '../terminals/startAgentAt';

/** With its last session of that folder. */
export const continueAgent: CommandHandler = (context, argument) => startAgentAt(context, argument, { resumes: true });
