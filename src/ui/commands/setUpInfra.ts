import { setUpInfraInteractively } from '../infra/setUpInfraFlow';
import type { CommandHandler } from '../context/commandContext';

export const setUpInfra: CommandHandler = (context) => setUpInfraInteractively(context);
