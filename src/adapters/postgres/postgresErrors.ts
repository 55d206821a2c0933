import { DatabaseError } from 'pg';
import { AppError, isAbort } from '../../core/errors';

/** SQLSTATE of a server's error, or Node's code of a connection's. */
export function codeOf(error: unknown): string | undefined {
  if (error instanceof DatabaseError) return error.code;
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** Both mean "exists": of two that create one name at once, the later gets a violated unique index. */
export function meansExists(error: unknown): boolean {
  return ['42P04', '42710', '23505'].includes(codeOf(error) ?? '');
}

/** The server cannot be talked to now; a new connection may do better. */
export function meansUnreachable(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined) return /^E[A-Z]+$|^08|^57P0[1235]$/.test(code);
  // pg gives these no code.
  return (
    error instanceof Error && /^(Connection terminated|timeout expired|Client has encountered)/.test(error.message)
  );
}

/** @param doing what was tried, to stand before ": …" */
export function mapPostgresError(error: unknown, doing: string): Error {
  if (error instanceof AppError || (error instanceof Error && isAbort(error))) return error;
  const code = codeOf(error);
  const reason = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
  const detail = error instanceof DatabaseError ? [error.detail, error.hint].filter(Boolean).join('\n') : '';
  const details = { cause: error, ...(detail === '' ? {} : { explanation: detail }) };
  if (code === '28P01' || code === '28000')
    return new AppError('denied', `${doing}: PostgreSQL refuses the login (${reason}).`, details);
  if (code === '42501') return new AppError('denied', `${doing}: PostgreSQL does not permit it (${reason}).`, details);
  // What each session of ours asks for when it begins, and a pooler does not hand on.
  if (code === '08P01' && reason.includes('startup parameter')) return poolerError(`${doing}: ${reason}.`);
  if (code === '53100') return new AppError('failed', `${doing}: the disk of the PostgreSQL server is full.`, details);
  if (code === '53300')
    return new AppError('unreachable', `${doing}: PostgreSQL has no connection left (${reason}).`, details);
  if (code === '57014')
    return new AppError('timeout', `${doing}: PostgreSQL stopped it: it took too long, or somebody ended it.`, details);
  if (code === '57P01')
    return new AppError(
      'unreachable',
      `${doing}: PostgreSQL ended the session: it stops, or somebody ended it.`,
      details,
    );
  if (code === '57P03') return new AppError('unreachable', `${doing}: PostgreSQL is still starting up.`, details);
  if (meansUnreachable(error))
    return new AppError('unreachable', `${doing}: PostgreSQL does not answer (${code ?? reason}).`, details);
  return new AppError('failed', `${doing}: ${reason}${code ? ` (${code})` : ''}`, details);
}

/** @param explanation what it said */
export function poolerError(explanation?: string): AppError {
  return new AppError(
    'notConfigured',
    'What answers for PostgreSQL is a pooler of connections, such as PgBouncer, through which databases cannot be copied: the address of the server itself is needed.',
    {
      ...(explanation === undefined ? {} : { explanation }),
      remedy: { title: 'Open Settings', action: { kind: 'openSettings', setting: 'postgres.url' } },
    },
  );
}
