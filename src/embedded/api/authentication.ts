import { timingSafeEqual } from 'node:crypto';

/** Whether an Authorization header carries the token. In the same time for every wrong one. */
export function isAuthenticated(authorization: string | undefined, token: string): boolean {
  const given = Buffer.from(/^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '');
  const wanted = Buffer.from(token);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
