import { setUpInfraInteractively } from '../infra/setUpInfraFlow';
import type { CommandHandler } from './context';

export const setUpInfra: CommandHandler = (context) => setUpInfraInteractively(context);
