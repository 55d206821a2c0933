import { deleteClusterInteractively } from '../cluster/deleteClusterFlow';
import type { CommandHandler } from './context';

export const deleteCluster: CommandHandler = (context) => deleteClusterInteractively(context);
