import type { CommandHandler } from '../context/commandContext';
import { emptyInteractively } from '../delete/emptyInteractively';

/** Removes for good, before its time, what deletes have kept. */
export const emptyTrash: CommandHandler = (context) => emptyInteractively(context);
