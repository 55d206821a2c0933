import type { ServiceStatus } from '../model';

/** What programs print when a server is not reached, or does not let them in, in the words of the usual libraries. */
const failures =
  /\b(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)\b|connection refused|could not (?:connect|translate host name)|no such host|name or service not known|no route to host|(?:connection )?timed? ?out|password authentication failed|no pg_hba\.conf entry/i;

/**
 * Whether a line that a service printed tells that it does not reach its database: it names a failure, and the server or what
 * it is.
 *
 * @param address `host:port` as the service knows it
 */
export function tellsDatabaseTrouble(line: string, address: string): boolean {
  const host = address.replace(/:\d+$/, '');
  return failures.test(line) && (line.includes(host) || /postgres|database|:5432\b/i.test(line));
}

/** The first service whose reason for not being well is its database: `web: Error: connect ECONNREFUSED …`. */
export function databaseTrouble(services: readonly ServiceStatus[], address: string): string | undefined {
  const troubled = services.find(
    ({ health, reason }) => health !== 'healthy' && reason !== undefined && tellsDatabaseTrouble(reason, address),
  );
  return troubled && `${troubled.name}: ${troubled.reason}`;
}
