import { deleteClusterInteractively } from '../cluster/deleteClusterFlow';
import type { CommandHandler } from '../context/commandContext';

export const deleteCluster: CommandHandler = (context) => deleteClusterInteractively(context);
