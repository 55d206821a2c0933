import { toAppError } from '../../core/errors';

/**
 * What a port rejects with once its signal is aborted: the signal's reason where it is an AbortError, a timeout where a limit of time is
 * over, which nobody has cancelled and somebody must hear of, else a new AbortError.
 */
export function abortError(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  if (reason instanceof Error && reason.name === 'AbortError') return reason;
  if (reason instanceof Error && reason.name === 'TimeoutError') return toAppError(reason);
  return new DOMException('The operation was cancelled.', 'AbortError');
}
