import { AppError } from '../../core/errors';
import { identifier } from './ownership';
import type { Session } from './session';

/**
 * What a role is on foreign servers, as statements that make another the same there. REASSIGN OWNED passes over it, and DROP OWNED takes
 * it away. To be read before either, and run between them.
 *
 * @param inside a session in their database, of a member of both roles
 * @throws failed where nobody but an administrator could read it: naming the servers
 */
export async function userMappings(
  inside: Session,
  from: string,
  to: string,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const [found] = await inside.query<{ any: boolean; all: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_user_mappings WHERE usename = $1) AS any, rolsuper AS all FROM pg_roles WHERE rolname = current_user`,
    [from],
    signal,
  );
  if (!found?.any) return [];
  // Options hold passwords: the server shows them to a superuser, and to the role itself.
  if (!found.all) await inside.query(`SET ROLE ${identifier(from)}`, [], signal);
  const rows = await inside.query<{ server: string; shown: boolean; options: string | null }>(
    `SELECT srvname AS server, has_server_privilege(srvid, 'USAGE') AS shown,
       (SELECT string_agg(quote_ident(option_name) || ' ' || quote_literal(option_value), ', ') FROM pg_options_to_table(umoptions)) AS options
       FROM pg_user_mappings WHERE usename = $1`,
    [from],
    signal,
  );
  if (!found.all) await inside.query('RESET ROLE', [], signal);
  const hidden = rows.filter(({ shown }) => !shown && !found.all).map(({ server }) => server);
  if (hidden.length > 0)
    throw new AppError(
      'failed',
      `The role ${from} is mapped to a user of ${hidden.join(', ')}, which nobody but an administrator can hand over.`,
    );
  const made = rows.map(
    ({ server, options }) =>
      `CREATE USER MAPPING FOR ${identifier(to)} SERVER ${identifier(server)}${options === null ? '' : ` OPTIONS (${options})`}`,
  );
  // Of a server that is somebody else's each makes its own.
  return found.all ? made : [`SET ROLE ${identifier(to)}`, ...made, 'RESET ROLE'];
}
