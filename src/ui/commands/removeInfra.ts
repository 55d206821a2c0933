import { removeInfraInteractively } from '../infra/removeInfraFlow';
import type { CommandHandler } from '../context/commandContext';

export const removeInfra: CommandHandler = (context) => removeInfraInteractively(context);
