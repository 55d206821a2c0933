import { createSeveralInteractively } from '../create/createSeveralFlow';
import type { CommandHandler } from '../context/commandContext';

export const startSeveral: CommandHandler = (context) => createSeveralInteractively(context);
