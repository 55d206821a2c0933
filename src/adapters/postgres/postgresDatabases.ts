import { AppError, isAppError, toAppError } from '../../core/errors';
import type { Owner } from '../../core/model';
import type { DatabaseChanges } from '../../core/databaseChanges';
import type { DatabaseSnapshot } from '../../core/databaseSnapshots';
import type {
  EnvironmentDatabase,
  ForkRequest,
  ReplacedDatabase,
  SnapshotRequest,
} from '../../core/ports/databaseSnapshots';
import type {
  Databases,
  DatabaseServerFacts,
  KeptDatabase,
  OwnedDatabase,
  RecipeAges,
  TemplateRequest,
} from '../../core/ports/databases';
import { dropDatabase, readDatabase, readRole, readServer, withAdvisoryLock } from './catalog';
import { cloneDatabase, type CloneRequest } from './cloneDatabase';
import { forkToDatabase } from './forkToDatabase';
import { isProtectedError, type RepositoryDatabase } from '../../core/ports/repositoryDatabases';
import { dropKept, findKept, keepDatabase, prolongKept } from './keptDatabases';
import { dropKeptOf, listKept } from './keptList';
import { dropLeftovers } from './leftovers';
import { ownedDatabases } from './ownedDatabases';
import {
  assertEnvironmentName,
  assertForkable,
  assertTemplateName,
  identifier,
  isMarkOf,
  makingHash,
  taken,
} from './ownership';
import type { PostgresServer } from './postgresServer';
import { readChanges } from './readChanges';
import { databasesOf, readProtection, writeProtection } from './repositoryDatabases';
import { newPassword } from './rolePassword';
import { dropInvalid, serverFacts } from './serverFacts';
import { ServerSessions } from './serverSessions';
import { whileDoing, unlessAborted, withSession, type Session } from './session';
import { dropSnapshots, snapshotsOf, asSnapshot } from './snapshotCatalog';
import { dropNamedSnapshot, resetToTemplate, restoreDatabase, snapshotDatabase } from './snapshots';
import { ensureTemplate, isUnmigrated, noteMigrated, readAges } from './templates';
import { urlFor } from './urlFor';

/** The oldest that is still maintained. */
const oldestVersion = 140000;
const changesTimeoutMs = 5_000;

/** Databases on a PostgreSQL server. Each call opens its own connections and leaves none behind. */
export class PostgresDatabases implements Databases {
  readonly #server: PostgresServer;
  readonly #sessions: ServerSessions;
  readonly #podAddress: string;

  /** @param podAddress the server as pods of a real cluster reach it, `host:port`; '' is as this machine does */
  constructor({ server, podAddress = '' }: { readonly server: PostgresServer; readonly podAddress?: string }) {
    this.#server = server;
    this.#sessions = new ServerSessions(server);
    this.#podAddress = podAddress;
  }

  connect(signal?: AbortSignal): Promise<void> {
    return this.#sessions.open('Connect to PostgreSQL', signal, async (session) => {
      const { version, mayCreate } = await readServer(session);
      if (version < oldestVersion) {
        throw new AppError(
          'notConfigured',
          `PostgreSQL ${Math.floor(version / 10_000)} is too old; 14 or newer is needed.`,
        );
      }
      if (!mayCreate) {
        throw new AppError(
          'denied',
          'The PostgreSQL role of the setting postgres.url may not create databases and roles.',
          {
            explanation: 'It needs CREATEDB and CREATEROLE, or to be a superuser.',
          },
        );
      }
    });
  }

  async owner(database: string, signal?: AbortSignal): Promise<Owner | 'foreign' | undefined> {
    signal?.throwIfAborted();
    if (!(await this.#server.exists())) return undefined;
    const found = await this.#sessions.open(`Look up the database ${database}`, signal, (session) =>
      readDatabase(session, database, signal),
    );
    if (!found) return undefined;
    if (found.mark?.kind !== 'environment') return 'foreign';
    // What a cut off DROP DATABASE leaves is none: it is made anew.
    return found.isValid ? found.mark.owner : undefined;
  }

  async owned(signal?: AbortSignal): Promise<readonly OwnedDatabase[] | undefined> {
    const connection = await this.#sessions.running(signal);
    if (!connection) return undefined;
    return whileDoing('Look for the databases of environments', () =>
      withSession(connection, undefined, signal, (session) => ownedDatabases(session, signal)),
    );
  }

  async isKept(owner: Owner, signal?: AbortSignal): Promise<boolean | undefined> {
    signal?.throwIfAborted();
    if (!(await this.#server.exists())) return false;
    const connection = await this.#server.find();
    if (!connection) return undefined;
    return whileDoing('Look for a database that was kept', () =>
      withSession(
        connection,
        undefined,
        signal,
        async (session) => (await findKept(session, owner, signal)) !== undefined,
      ),
    );
  }

  async keepOn(owner: Owner, signal?: AbortSignal): Promise<boolean | undefined> {
    signal?.throwIfAborted();
    if (!(await this.#server.exists())) return false;
    const connection = await this.#server.find();
    if (!connection) return undefined;
    return whileDoing('Look for a database that was kept', async () => {
      const find = (session: Session) => findKept(session, owner, signal);
      const found = await withSession(connection, undefined, signal, find);
      if (!found) return false;
      return withAdvisoryLock(connection, makingHash('database', found.kept.database), signal, async (session) => {
        const kept = await find(session);
        if (kept) await prolongKept(session, kept);
        return kept !== undefined;
      });
    });
  }

  listKept(signal?: AbortSignal): Promise<readonly KeptDatabase[] | undefined> {
    return listKept(this.#sessions, signal);
  }

  dropKept(request: Parameters<Databases['dropKept']>[0], signal?: AbortSignal): Promise<void> {
    return dropKeptOf(this.#sessions, request, signal);
  }

  facts(signal?: AbortSignal): Promise<DatabaseServerFacts | undefined> {
    return serverFacts(this.#sessions, signal);
  }

  dropInvalid(name: string, signal?: AbortSignal): Promise<void> {
    return dropInvalid(this.#sessions, name, signal);
  }

  ensureTemplate(
    request: TemplateRequest & { readonly anew?: boolean },
    build: (url: string, signal?: AbortSignal) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<{ readonly name: string; readonly built: boolean }> {
    return ensureTemplate(this.#sessions, request, build, signal);
  }

  async ages(
    request: TemplateRequest,
    of?: { readonly database: string; readonly owner: Owner; readonly recipe: string },
    signal?: AbortSignal,
  ): Promise<RecipeAges | undefined> {
    assertTemplateName(request.name);
    if (of) assertEnvironmentName(of.database);
    return this.#told(signal, (session, either) => readAges(session, request, of, either));
  }

  async isUnmigrated(
    of: { readonly database: string; readonly owner: Owner },
    signal?: AbortSignal,
  ): Promise<boolean | undefined> {
    assertEnvironmentName(of.database);
    return this.#told(signal, (session, either) => isUnmigrated(session, of, either));
  }

  /** undefined: no server runs, or it does not tell in time. */
  async #told<T>(
    signal: AbortSignal | undefined,
    ask: (session: Session, either: AbortSignal) => Promise<T>,
  ): Promise<T | undefined> {
    signal?.throwIfAborted();
    const limit = AbortSignal.timeout(changesTimeoutMs);
    const either = signal ? AbortSignal.any([signal, limit]) : limit;
    const read = async (): Promise<T | undefined> => {
      const connection = await this.#sessions.running();
      if (!connection) return undefined;
      return withSession(connection, undefined, either, (session) => ask(session, either));
    };
    try {
      return await unlessAborted(read(), either);
    } catch {
      signal?.throwIfAborted();
      return undefined;
    }
  }

  // A refused name is a rejection as well.
  async noteMigrated(request: Parameters<Databases['noteMigrated']>[0], signal?: AbortSignal): Promise<void> {
    return noteMigrated(this.#sessions, request, signal);
  }

  async clone(
    request: CloneRequest,
    signal?: AbortSignal,
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
    return this.#sessions.locked(`Clone the database ${database}`, hashes, signal, async (session, connection) => {
      const verifyRoom = (): Promise<void> => this.#sessions.verifyRoom(session, `A clone of ${source}`, source);
      const as = await cloneDatabase(connection, session, request, { hash, password, verifyRoom }, signal);
      return {
        url: urlFor(connection, { database, role, password }),
        created: as === 'created',
        broughtBack: as === 'broughtBack',
      };
    });
  }

  /** By the address alone: a stranger that listens at an old one is not told any password. */
  async isCurrent(url: string, from: 'machine' | 'pods', signal?: AbortSignal): Promise<boolean> {
    const connection = await whileDoing('Connect to PostgreSQL', () => this.#server.connect(signal));
    const current = from === 'pods' ? this.#asPodsSee(connection.url) : connection.url;
    return URL.canParse(url) && addressOf(url) === addressOf(current);
  }

  podUrl(url: string): Promise<string> {
    return Promise.resolve(this.#asPodsSee(url));
  }

  async machineUrl(podUrl: string): Promise<string | undefined> {
    const connection = await this.#server.find();
    if (!connection || !URL.canParse(podUrl)) return undefined;
    const { username, password, pathname } = new URL(podUrl);
    const [database, role, secret] = [pathname.slice(1), username, password].map(decodeURIComponent);
    return urlFor(connection, { database: database ?? '', role: role ?? '', password: secret ?? '' });
  }

  peers(role: string, signal?: AbortSignal): Promise<readonly string[]> {
    assertEnvironmentName(role);
    return this.#sessions.open('Look for the sessions of an environment', signal, async (session) => {
      const rows = await session.query<{ address: string }>(
        `SELECT DISTINCT host(client_addr) AS address FROM pg_stat_activity
           WHERE usename = $1 AND client_addr IS DISTINCT FROM inet_client_addr() AND client_addr IS NOT NULL ORDER BY 1`,
        [role],
        signal,
      );
      return rows.map(({ address }) => address);
    });
  }

  async changes(
    { database, owner }: { readonly database: string; readonly owner: Owner },
    signal?: AbortSignal,
  ): Promise<DatabaseChanges | undefined> {
    assertEnvironmentName(database);
    signal?.throwIfAborted();
    if (!(await this.#server.exists())) return undefined;
    const limit = AbortSignal.timeout(changesTimeoutMs);
    const either = signal ? AbortSignal.any([signal, limit]) : limit;
    try {
      // Raced as well: what does not listen to a signal must not keep anybody.
      return await unlessAborted(this.#changes(database, owner, either), either);
    } catch (error) {
      signal?.throwIfAborted();
      if (isAppError(error, 'conflict')) throw error;
      const reason = limit.aborted
        ? `PostgreSQL did not tell within ${changesTimeoutMs / 1000} s.`
        : toAppError(error).message;
      return { kind: 'unknown', reason };
    }
  }

  #changes(database: string, owner: Owner, signal: AbortSignal): Promise<DatabaseChanges | undefined> {
    return whileDoing(`Look at the database ${database}`, async () => {
      const connection = await this.#server.connect(signal);
      const found = await withSession(connection, undefined, signal, (session) =>
        readDatabase(session, database, signal),
      );
      if (!found) return undefined;
      if (!isMarkOf(found.mark, owner)) throw taken('database', database);
      // What a cut off DROP DATABASE leaves can no longer be read.
      if (!found.isValid) return { kind: 'unchanged' };
      // A delete had closed it, and was cut off: what was written to it was asked about then.
      if (!found.isOpen && found.mark?.kind === 'environment' && found.mark.kept) return { kind: 'unchanged' };
      const baseline = found.mark?.kind === 'environment' ? found.mark.baseline : undefined;
      return withSession(connection, database, signal, (session) => readChanges(session, baseline, signal));
    });
  }

  async drop(request: Parameters<Databases['drop']>[0], signal?: AbortSignal): Promise<void> {
    const { database, role, owner, keepMs = 0, repository } = request;
    assertEnvironmentName(database);
    assertEnvironmentName(role);
    signal?.throwIfAborted();
    if (!(await this.#server.exists())) return;
    const hash = makingHash('database', database);
    await this.#sessions.locked(`Drop the database ${database}`, hash, signal, async (session) => {
      const foundDatabase = await readDatabase(session, database);
      const foundRole = await readRole(session, role);
      if (foundDatabase && !isMarkOf(foundDatabase.mark, owner)) throw taken('database', database);
      if (foundRole && !isMarkOf(foundRole.mark, owner)) throw taken('role', role);
      if (foundRole?.mark?.kind === 'environment' && foundRole.mark.isProtected) throw isProtectedError(database);
      await dropLeftovers(session);
      if (keepMs > 0 && (await keepDatabase(session, { database, role, keepMs, repository }, hash))) return;
      const kept = await findKept(session, owner);
      if (kept && foundDatabase === undefined && keepMs > 0) await prolongKept(session, kept, keepMs);
      else {
        // What is in them is the role's.
        await dropSnapshots(session, owner);
        if (kept) await dropKept(session, kept.name);
      }
      await dropDatabase(session, database);
      if (!foundRole) return;
      // Privileges on what all databases share would keep the role.
      const name = identifier(role);
      await session.query(`DROP OWNED BY ${name}; DROP ROLE IF EXISTS ${name}`);
    });
  }

  async listSnapshots(owner: Owner, signal?: AbortSignal): Promise<readonly DatabaseSnapshot[]> {
    signal?.throwIfAborted();
    if (!(await this.#server.exists())) return [];
    return this.#sessions.open('Look for snapshots', signal, async (session) =>
      (await snapshotsOf(session, owner, signal)).map(({ mark, bytes }) => asSnapshot(mark, bytes)),
    );
  }

  // A refused name is a rejection as well.
  async takeSnapshot(request: SnapshotRequest, signal?: AbortSignal): Promise<DatabaseSnapshot> {
    return snapshotDatabase(this.#sessions, request, signal);
  }

  async restoreSnapshot(request: SnapshotRequest, signal?: AbortSignal): Promise<ReplacedDatabase> {
    return restoreDatabase(this.#sessions, request, signal);
  }

  async resetDatabase(
    request: EnvironmentDatabase & { readonly template: string; readonly commit: string | undefined },
    signal?: AbortSignal,
  ): Promise<ReplacedDatabase> {
    return resetToTemplate(this.#sessions, request, signal);
  }

  async forkDatabase(request: ForkRequest, signal?: AbortSignal): Promise<ReplacedDatabase> {
    return forkToDatabase(this.#sessions, request, signal);
  }

  dropSnapshot(request: Omit<SnapshotRequest, 'commit'>, signal?: AbortSignal): Promise<void> {
    return dropNamedSnapshot(this.#sessions, request, signal);
  }

  ofRepository(repositoryId: string, signal?: AbortSignal): Promise<readonly RepositoryDatabase[]> {
    return databasesOf(this.#sessions, repositoryId, signal);
  }

  async isProtected(
    request: Parameters<Databases['isProtected']>[0],
    signal?: AbortSignal,
  ): Promise<boolean | undefined> {
    return readProtection(this.#sessions, request, signal);
  }

  async protect(request: Parameters<Databases['protect']>[0], signal?: AbortSignal): Promise<void> {
    return writeProtection(this.#sessions, request, signal);
  }

  #asPodsSee(url: string): string {
    const seen = new URL(url);
    if (this.#podAddress !== '') seen.host = this.#podAddress;
    return seen.href;
  }
}

function addressOf(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port || '5432'}`;
}
