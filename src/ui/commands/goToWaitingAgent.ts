import { waitingAgents } from '../../app/view/agentWords';
import { AppError } from '../../core/errors';
import type { CommandHandler } from '../context/commandContext';
import { goToAgent } from '../terminals/goToAgent';

/** To the one that has waited longest. */
export const goToWaitingAgent: CommandHandler = async (context) => {
  await context.refresh();
  const [longest] = waitingAgents(context.snapshot);
  if (!longest) throw new AppError('notFound', 'No agent waits for you.');
  await goToAgent(context, longest);
};
