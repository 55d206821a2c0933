import { AppError, isAppError } from '../../../core/errors';

/**
 * Waits for credentials no longer than a request may take: what gets them may be a program that waits for a login, or a server.
 *
 * @param context for a person
 * @throws denied, timeout
 */
export async function inTime(credentials: Promise<void>, context: string, signal: AbortSignal): Promise<void> {
  const isOver = Symbol('over');
  let onAbort: (() => void) | undefined;
  const over = new Promise<typeof isOver>((resolve) => {
    onAbort = () => resolve(isOver);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    if ((await Promise.race([credentials, over])) === isOver) throw late(context);
  } catch (error) {
    if (isAppError(error, 'timeout')) throw error;
    const { message, explanation } = error instanceof AppError ? error : { message: told(error), explanation: '' };
    throw new AppError('denied', 'The credentials for the cluster could not be had.', {
      explanation: [message, explanation].filter(Boolean).join('\n'),
      cause: error,
    });
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort);
  }
}

function late(context: string): AppError {
  return new AppError('timeout', 'The credentials for the cluster were not had in time.', {
    explanation: `What the kubeconfig gets them by may be waiting for somebody to log in. In a terminal it says what it asks: kubectl get namespaces --context ${JSON.stringify(context)}`,
  });
}

function told(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
