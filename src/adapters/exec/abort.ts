/** What a port rejects with once its signal is aborted: the signal's reason where it is an AbortError, else a new one. */
export function abortError(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  if (reason instanceof Error && reason.name === 'AbortError') return reason;
  return new DOMException('The operation was cancelled.', 'AbortError');
}
