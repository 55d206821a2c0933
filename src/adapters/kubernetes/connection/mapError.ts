import { AppError } from '../../../core/errors';

/** What was asked of the API server, in words for a message: `delete`, `namespace "x"`. */
export interface Attempt {
  readonly verb: string;
  readonly resource: string;
}

/** The part of Kubernetes' `Status` object (meta/v1) that failures are told by. */
interface StatusBody {
  readonly message?: unknown;
  readonly reason?: unknown;
}

const unreachableCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ETIMEDOUT',
  'HPE_INVALID_CONSTANT',
]);

/** An answer that is no success, as an AppError: by its status code, never by its text, which becomes the explanation. */
export function statusError(status: number, body: string, attempt: Attempt): AppError {
  const { message } = parseStatus(body);
  const said = typeof message === 'string' && message !== '' ? { explanation: message } : {};
  const what = `${attempt.verb} ${attempt.resource}`;
  const details = { ...said, cause: new HttpStatus(status) };
  switch (status) {
    case 401:
      return new AppError('denied', `The cluster does not know who asks: it refused to ${what} (401).`, details);
    case 403:
      return new AppError('denied', `The cluster does not allow this user to ${what} (403).`, details);
    case 404:
      return new AppError('notFound', `The cluster has no ${attempt.resource}.`, details);
    case 409:
      return new AppError(
        'conflict',
        `The cluster refused to ${what}: it is there already or was changed meanwhile.`,
        details,
      );
    case 410:
      return new AppError('failed', `The cluster has forgotten the version from which to ${what}.`, details);
    case 400:
    case 422:
      return new AppError('failed', `The cluster refused to ${what} as it was asked (${status}).`, details);
    case 408:
    case 504:
      return new AppError('timeout', `The cluster took too long to ${what} (${status}).`, details);
    default:
      return status >= 500 || status === 429
        ? new AppError('unreachable', `The cluster could not ${what} now (${status}).`, details)
        : new AppError('failed', `The cluster answered ${status} when asked to ${what}.`, details);
  }
}

/** What kept a request from being answered, as an AppError. */
export function connectionError(error: unknown, server: string, attempt: Attempt): AppError {
  if (error instanceof AppError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : String(error);
  const details = { explanation: `${attempt.verb} ${attempt.resource}: ${message}`, cause: error };
  if (unreachableCodes.has(code)) {
    return new AppError('unreachable', `The cluster does not answer at ${server} (${code}).`, details);
  }
  if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO)/.test(code)) {
    return new AppError(
      'unreachable',
      `The cluster at ${server} does not show the certificate that was expected (${code}).`,
      details,
    );
  }
  return new AppError(
    'unreachable',
    `The connection to the cluster at ${server} failed${code ? ` (${code})` : ''}.`,
    details,
  );
}

/** The HTTP status, as the cause of the AppError that it became. */
export class HttpStatus extends Error {
  constructor(readonly status: number) {
    super(`HTTP status ${status}`);
    this.name = 'HttpStatus';
  }
}

/** The HTTP status behind an error; undefined when there was no answer. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && error.cause instanceof HttpStatus ? error.cause.status : undefined;
}

function parseStatus(body: string): StatusBody {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
