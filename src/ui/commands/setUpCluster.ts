import { setUpClusterInteractively } from '../cluster/setUpClusterFlow';
import type { CommandHandler } from './context';

export const setUpCluster: CommandHandler = (context) => setUpClusterInteractively(context);
