import { AppError, isAppError, type Loss } from '../core/errors';
import { listOption } from './listOption';

/** For what ends a pod whose data no volume has. */
export const discardData = () => listOption('--discard <losses>', 'accept losing, by name', 'loss', ['data'] as const);

/** In a terminal a person accepts a loss by running the command again. */
export function withDiscardHint(error: unknown): never {
  if (!isAppError(error, 'conflict') || error.losses.length === 0) throw error;
  const kinds: readonly Loss['kind'][] = error.losses.map(({ kind }) => kind);
  const hint = `To lose it all the same: --discard ${kinds.join(',')}`;
  throw new AppError('conflict', error.message, {
    explanation: [error.explanation, hint].filter(Boolean).join('\n'),
    losses: error.losses,
    cause: error,
  });
}
