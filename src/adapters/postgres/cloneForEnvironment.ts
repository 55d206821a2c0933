import { cloneDatabase, type CloneRequest } from './cloneDatabase';
import { assertEnvironmentName, assertForkable, assertTemplateName, makingHash } from './ownership';
import { newPassword } from './rolePassword';
import type { ServerSessions } from './serverSessions';
import { urlFor } from './urlFor';

/** As the port says it. */
export async function cloneForEnvironment(
  sessions: ServerSessions,
  request: CloneRequest,
  signal: AbortSignal | undefined,
): Promise<{ readonly url: string; readonly created: boolean; readonly broughtBack: boolean }> {
  const { database, role } = request;
  assertEnvironmentName(database);
  assertEnvironmentName(role);
  assertTemplateName(request.template);
  const hash = makingHash('database', database);
  const password = newPassword();
  if (request.from) assertForkable(request, request.from);
  const source = request.from?.database ?? request.template;
  const hashes = request.from ? [hash, makingHash('database', source)] : hash;
  return sessions.locked(`Clone the database ${database}`, hashes, signal, async (session, connection) => {
    const verifyRoom = (): Promise<void> => sessions.verifyRoom(session, `A clone of ${source}`, source);
    const as = await cloneDatabase(connection, session, request, { hash, password, verifyRoom }, signal);
    return {
      url: urlFor(connection, { database, role, password }),
      created: as === 'created',
      broughtBack: as === 'broughtBack',
    };
  });
}
