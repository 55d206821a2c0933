import { chooseClusterInteractively } from '../cluster/chooseClusterFlow';
import type { CommandHandler } from './context';

export const chooseCluster: CommandHandler = (context) => chooseClusterInteractively(context);
