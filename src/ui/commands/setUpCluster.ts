import { setUpClusterInteractively } from '../cluster/setUpClusterFlow';
import type { CommandHandler } from '../context/commandContext';

export const setUpCluster: CommandHandler = (context) => setUpClusterInteractively(context);
