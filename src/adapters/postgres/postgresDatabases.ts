import { AppError } from '../../core/errors';
import type { Owner } from '../../core/model';
import type { DatabaseChanges } from '../../core/databases/databaseChanges';
import type { DatabaseSnapshot, KeptSnapshot } from '../../core/databases/databaseSnapshots';
import type {
  EnvironmentDatabase,
  ForkRequest,
  ReplacedDatabase,
  Replacing,
  SnapshotRequest,
  TakeRequest,
} from '../../core/ports/databaseSnapshots';
import type {
  Databases,
  DatabaseServerFacts,
  KeptDatabase,
  OwnedDatabase,
  RecipeAges,
  TemplateRequest,
} from '../../core/ports/databases';
import type { RepositoryDatabase } from '../../core/ports/repositoryDatabases';
import { readDatabase, readServer } from './catalog';
import { changesOfDatabase } from './changesOfDatabase';
import type { CloneRequest } from './cloneDatabase';
import { cloneForEnvironment } from './cloneForEnvironment';
import { DatabaseAddresses } from './databaseAddresses';
import { dropEnvironmentDatabase } from './dropEnvironmentDatabase';
import { forkToDatabase } from './forkToDatabase';
import { dropKeptOf, listKept } from './keptList';
import { isKeptFor, keepOnFor } from './keptOfOwner';
import { ownedDatabases } from './ownedDatabases';
import { assertEnvironmentName, assertTemplateName } from './ownership';
import type { PostgresServer } from './postgresServer';
import { refuseOld } from './refuseOld';
import { refusePooler } from './refusePooler';
import { databasesOf, readProtection, writeProtection } from './repositoryDatabases';
import { dropOneKept, keptSnapshotsIn } from './keptSnapshots';
import { dropInvalid, serverFacts } from './serverFacts';
import { ServerSessions } from './serverSessions';
import { whileDoing, withSession } from './session';
import { snapshotsOf, asSnapshot } from './snapshotCatalog';
import { dropNamedSnapshot, resetToTemplate, restoreDatabase, snapshotDatabase } from './snapshots';
import { ensureTemplate, isUnmigrated, noteMigrated, readAges } from './templates';
import { toldInTime } from './toldInTime';

/** Databases on a PostgreSQL server. Each call has connections of its own and leaves none behind, see `withSession`. */
export class PostgresDatabases implements Databases {
  readonly #server: PostgresServer;
  readonly #sessions: ServerSessions;
  readonly #addresses: DatabaseAddresses;

  /** @param podAddress the server as pods of a real cluster reach it, `host:port`; '' is as this machine does */
  constructor({ server, podAddress = '' }: { readonly server: PostgresServer; readonly podAddress?: string }) {
    this.#server = server;
    this.#sessions = new ServerSessions(server);
    this.#addresses = new DatabaseAddresses(server, podAddress);
  }

  connect(signal?: AbortSignal): Promise<void> {
    return this.#sessions.open('Connect to PostgreSQL', signal, async (session, connection) => {
      const { version, mayCreate } = await readServer(session);
      refuseOld(version);
      await refusePooler(connection, session, signal);
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

  isKept(owner: Owner, signal?: AbortSignal): Promise<boolean | undefined> {
    return isKeptFor(this.#sessions, owner, signal);
  }

  keepOn(owner: Owner, signal?: AbortSignal): Promise<boolean | undefined> {
    return keepOnFor(this.#sessions, owner, signal);
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
    of?: Parameters<Databases['ages']>[1],
    signal?: AbortSignal,
  ): Promise<RecipeAges | undefined> {
    assertTemplateName(request.name);
    if (of) assertEnvironmentName(of.database);
    return toldInTime(this.#sessions, signal, (session, either) => readAges(session, request, of, either));
  }

  async isUnmigrated(
    of: { readonly database: string; readonly owner: Owner },
    signal?: AbortSignal,
  ): Promise<boolean | undefined> {
    assertEnvironmentName(of.database);
    return toldInTime(this.#sessions, signal, (session, either) => isUnmigrated(session, of, either));
  }

  // A refused name is a rejection as well.
  async noteMigrated(request: Parameters<Databases['noteMigrated']>[0], signal?: AbortSignal): Promise<void> {
    return noteMigrated(this.#sessions, request, signal);
  }

  async clone(
    request: CloneRequest,
    signal?: AbortSignal,
  ): Promise<{ readonly url: string; readonly created: boolean; readonly broughtBack: boolean }> {
    return cloneForEnvironment(this.#sessions, request, signal);
  }

  isCurrent(url: string, from: 'machine' | 'pods', signal?: AbortSignal): Promise<boolean> {
    return this.#addresses.isCurrent(url, from, signal);
  }

  podUrl(url: string): Promise<string> {
    return Promise.resolve(this.#addresses.asPodsSee(url));
  }

  machineUrl(podUrl: string): Promise<string | undefined> {
    return this.#addresses.asMachineSees(podUrl);
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
    request: { readonly database: string; readonly owner: Owner },
    signal?: AbortSignal,
  ): Promise<DatabaseChanges | undefined> {
    return changesOfDatabase(this.#sessions, request, signal);
  }

  async drop(request: Parameters<Databases['drop']>[0], signal?: AbortSignal): Promise<void> {
    return dropEnvironmentDatabase(this.#sessions, request, signal);
  }

  async listSnapshots(owner: Owner, signal?: AbortSignal): Promise<readonly DatabaseSnapshot[]> {
    signal?.throwIfAborted();
    if (!(await this.#server.exists())) return [];
    return this.#sessions.open('Look for snapshots', signal, async (session) =>
      (await snapshotsOf(session, owner, signal)).map(({ mark, bytes }) => asSnapshot(mark, bytes)),
    );
  }

  // A refused name is a rejection as well.
  async takeSnapshot(request: TakeRequest, signal?: AbortSignal): Promise<DatabaseSnapshot> {
    return snapshotDatabase(this.#sessions, request, signal);
  }

  listKeptSnapshots(repositoryId: string, signal?: AbortSignal): Promise<readonly KeptSnapshot[]> {
    return keptSnapshotsIn(this.#sessions, repositoryId, signal);
  }

  dropKeptSnapshot(
    request: { readonly repositoryId: string; readonly name: string },
    signal?: AbortSignal,
  ): Promise<void> {
    return dropOneKept(this.#sessions, request, signal);
  }

  async restoreSnapshot(request: SnapshotRequest & Replacing, signal?: AbortSignal): Promise<ReplacedDatabase> {
    return restoreDatabase(this.#sessions, request, signal);
  }

  async resetDatabase(
    request: EnvironmentDatabase & Replacing & { readonly template: string; readonly commit: string | undefined },
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
}
