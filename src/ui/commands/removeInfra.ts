import { removeInfraInteractively } from '../infra/removeInfraFlow';
import type { CommandHandler } from './context';

export const removeInfra: CommandHandler = (context) => removeInfraInteractively(context);
