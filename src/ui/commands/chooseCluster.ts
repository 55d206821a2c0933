import { chooseClusterInteractively } from '../cluster/chooseClusterFlow';
import type { CommandHandler } from '../context/commandContext';

export const chooseCluster: CommandHandler = (context) => chooseClusterInteractively(context);
