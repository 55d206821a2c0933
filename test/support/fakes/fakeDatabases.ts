import { createHash } from 'node:crypto';
import { assertEnvironmentName, assertForkable, assertTemplateName } from '../../../src/adapters/postgres/ownership';
import { AppError, isAbort, toAppError } from '../../../src/core/errors';
import type { Owner } from '../../../src/core/model';
import { summarizeChanges, type DatabaseChanges } from '../../../src/core/databases/databaseChanges';
import type {
  Databases,
  DatabaseServerFacts,
  KeptDatabase,
  OwnedDatabase,
  RecipeAge,
  RecipeAges,
  TemplateRequest,
} from '../../../src/core/ports/databases';
import { isProtectedError, type RepositoryDatabase } from '../../../src/core/ports/repositoryDatabases';
import { FakeDatabaseSnapshots, madeBy, madeOf, type Held, type Made } from './fakeDatabaseSnapshots';

/** Databases in memory; the contract suite holds it to what PostgreSQL does. */
export class FakeDatabases extends FakeDatabaseSnapshots implements Databases {
  /** What a delete has put aside, by its owner's worktree. */
  readonly kept = new Map<
    string,
    Held & { readonly kind: 'environment' } & Pick<KeptDatabase, 'repository' | 'until'>
  >();
  /** What drops that were cut off have left. */
  readonly invalid = new Set<string>();
  /** Roles whose databases were never made. */
  readonly rolesAlone = new Map<string, Owner>();
  /** The server dies as a clone has made its role, and is there again afterwards. */
  diesInClones = false;
  /** Set to make the next calls fail, as a server does that does not answer. */
  failure: AppError | undefined;
  connects = 0;
  /** Where the server listens since it was last started. */
  port = 5432;
  /** As pods reach it. */
  podAddress: string | undefined;
  /** Where pods have sessions from. */
  peerAddresses: readonly string[] = [];
  /** Why it cannot be told what was written. */
  unknown: string | undefined;
  readonly #turns = new Map<string, Promise<void>>();
  #passwords = 0;

  async connect(signal?: AbortSignal): Promise<void> {
    this.enter(signal);
    this.connects++;
  }

  async owner(database: string, signal?: AbortSignal): Promise<Owner | 'foreign' | undefined> {
    this.enter(signal);
    const found = this.held.get(database);
    if (!found) return undefined;
    return found.kind === 'environment' ? found.owner : 'foreign';
  }

  async owned(signal?: AbortSignal): Promise<readonly OwnedDatabase[]> {
    this.enter(signal);
    const own = [...this.held].flatMap(([name, held]) =>
      held.kind === 'environment' ? [{ name, owner: held.owner, bytes: 1 }] : [],
    );
    return own.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async isKept(owner: Owner, signal?: AbortSignal): Promise<boolean> {
    this.enter(signal);
    const kept = this.kept.get(owner.worktreeId);
    return kept !== undefined && isOwner(kept, owner);
  }

  async listKept(signal?: AbortSignal): Promise<readonly KeptDatabase[] | undefined> {
    this.enter(signal);
    const all = [...this.kept.values()].map(({ owner, role, repository, until }) => ({
      ...{ name: `kept_${owner.worktreeId}`, database: role, owner, repository, until, bytes: 1 },
      snapshots: this.snapshotNames(owner),
    }));
    return all.sort((a, b) => (a.database < b.database ? -1 : 1));
  }

  async dropKept(
    { owner, name }: { readonly owner: Owner; readonly name?: string },
    signal?: AbortSignal,
  ): Promise<void> {
    this.enter(signal);
    const [key, kept] =
      [...this.kept].find(([, each]) => `kept_${each.owner.worktreeId}` === name) ??
      [...this.kept].find(([, each]) => name === undefined && isOwner(each, owner)) ??
      [];
    if (key === undefined || !kept) return;
    if (!isOwner(kept, owner))
      throw new AppError('conflict', `The PostgreSQL database ${key} belongs to somebody else.`);
    this.kept.delete(key);
    this.dropSnapshots(owner);
  }

  async facts(signal?: AbortSignal): Promise<DatabaseServerFacts | undefined> {
    this.enter(signal);
    const isThere = (owner: Owner): boolean =>
      this.kept.has(owner.worktreeId) || [...this.held.values()].some((held) => isOwner(held, owner));
    const left = this.leftSnapshots(isThere);
    return { time: Date.now(), invalid: [...this.invalid].sort(), ...(left.length > 0 ? { leftSnapshots: left } : {}) };
  }

  async dropInvalid(name: string, signal?: AbortSignal): Promise<void> {
    this.enter(signal);
    if (this.held.has(name))
      throw new AppError('conflict', `${name} is nothing that a drop which was cut off has left.`);
    this.invalid.delete(name);
  }

  async keepOn(owner: Owner, signal?: AbortSignal): Promise<boolean> {
    const kept = this.kept.get(owner.worktreeId);
    if (kept && isOwner(kept, owner)) this.kept.set(owner.worktreeId, { ...kept, until: undefined });
    return this.isKept(owner, signal);
  }

  async ensureTemplate(
    request: TemplateRequest & { readonly anew?: boolean },
    build: (url: string, signal?: AbortSignal) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<{ readonly name: string; readonly built: boolean }> {
    assertTemplateName(request.name);
    this.enter(signal);
    return this.#inTurn(request.name, async () => {
      this.enter(signal);
      const suffix = `_${createHash('sha256').update(request.repositoryId).digest('hex').slice(0, 6)}`;
      const name = [request.name, request.name.slice(0, 63 - suffix.length) + suffix].find((candidate) => {
        const found = this.held.get(candidate);
        return !found || (found.kind === 'template' && found.repositoryId === request.repositoryId);
      });
      if (name === undefined) throw new AppError('conflict', `${request.name} belongs to somebody else.`);
      const found = this.held.get(name);
      if (found?.kind === 'template' && found.recipe === request.recipe && !request.anew) return { name, built: false };
      try {
        await build(`postgresql://builder:secret@127.0.0.1:5432/coppice_tmp_${request.name}`, signal);
      } catch (error) {
        if (isAbort(error)) throw error;
        const { code, message, explanation } = toAppError(error);
        throw new AppError(code, `The template database ${request.name} could not be built: ${message}`, {
          ...(explanation === undefined ? {} : { explanation }),
          cause: error,
        });
      }
      this.enter(signal);
      const { repositoryId, recipe, migrates } = request;
      this.held.set(name, { kind: 'template', repositoryId, recipe, ...(migrates === undefined ? {} : { migrates }) });
      return { name, built: true };
    });
  }

  async ages(
    { name, repositoryId, recipe }: TemplateRequest,
    of?: Parameters<Databases['ages']>[1],
    signal?: AbortSignal,
  ): Promise<RecipeAges | undefined> {
    assertTemplateName(name);
    if (of) assertEnvironmentName(of.database);
    signal?.throwIfAborted();
    if (this.failure) return undefined;
    const age = (held: Made | undefined, by: readonly (string | undefined)[]): RecipeAge => {
      const made = held?.migrated ?? held?.recipe;
      return made === undefined ? 'none' : by.includes(made) ? 'current' : 'older';
    };
    const template = [...this.held].find(
      ([held, { kind }]) => kind === 'template' && (held === name || held.startsWith(`${name}_`)),
    )?.[1];
    const database = of && this.held.get(of.database);
    return {
      template: age(template?.kind === 'template' && template.repositoryId === repositoryId ? template : undefined, [
        recipe,
      ]),
      database: age(database && of && isOwner(database, of.owner) ? database : undefined, [of?.migrates, of?.recipe]),
    };
  }

  async isUnmigrated(
    { database, owner }: { readonly database: string; readonly owner: Owner },
    signal?: AbortSignal,
  ): Promise<boolean | undefined> {
    signal?.throwIfAborted();
    if (this.failure) return undefined;
    const found = this.held.get(database);
    return found !== undefined && isOwner(found, owner) && found.migrated === 'unfinished';
  }

  async noteMigrated(request: Parameters<Databases['noteMigrated']>[0], signal?: AbortSignal): Promise<void> {
    this.present(request, signal).migrated = request.recipe ?? 'unfinished';
  }

  async clone(
    request: Parameters<Databases['clone']>[0],
    signal?: AbortSignal,
  ): Promise<{ readonly url: string; readonly created: boolean; readonly broughtBack?: boolean }> {
    const { database, role, owner, from } = request;
    assertEnvironmentName(database);
    assertEnvironmentName(role);
    assertTemplateName(request.template);
    if (from) assertForkable(request, from);
    this.enter(signal);
    const password = ++this.#passwords;
    const url = `postgresql://${role}:secret${password}@127.0.0.1:${this.port}/${database}`;
    const found = this.held.get(database);
    if (found) {
      if (!isOwner(found, owner))
        throw new AppError('conflict', `The PostgreSQL database ${database} belongs to somebody else.`);
      found.password = password;
      return { url, created: false };
    }
    const kept = this.kept.get(owner.worktreeId);
    if (kept && isOwner(kept, owner) && from)
      throw new AppError('conflict', 'The database that this environment had waits to be brought back.');
    if (kept && isOwner(kept, owner)) {
      this.kept.delete(owner.worktreeId);
      this.held.set(database, { kind: 'environment', owner, role, password, ...madeOf(kept) });
      return { url, created: false, broughtBack: true };
    }
    if (from) {
      const { written, made } = this.forked(from, signal);
      this.held.set(database, { kind: 'environment', owner, role, password, ...made });
      this.written.set(database, written);
      return { url, created: true };
    }
    const template = this.held.get(request.template);
    if (!template) throw new AppError('notFound', `There is no template database ${request.template}.`);
    if (template.kind !== 'template' || template.repositoryId !== owner.repositoryId) {
      throw new AppError('conflict', `The database ${request.template} is no template of this repository.`);
    }
    if (this.diesInClones) {
      this.rolesAlone.set(role, owner);
      throw new AppError('unreachable', 'The server died.');
    }
    this.held.set(database, { kind: 'environment', owner, role, password, ...madeBy(template) });
    return { url, created: true };
  }

  async isCurrent(url: string, from: 'machine' | 'pods', signal?: AbortSignal): Promise<boolean> {
    this.enter(signal);
    const here = `127.0.0.1:${this.port}`;
    return new URL(url).host === (from === 'pods' ? (this.podAddress ?? here) : here);
  }

  async podUrl(url: string, signal?: AbortSignal): Promise<string> {
    this.enter(signal);
    return withHost(url, this.podAddress ?? new URL(url).host);
  }

  async machineUrl(podUrl: string, signal?: AbortSignal): Promise<string | undefined> {
    this.enter(signal);
    return withHost(podUrl, `127.0.0.1:${this.port}`);
  }

  async peers(_role: string, signal?: AbortSignal): Promise<readonly string[]> {
    this.enter(signal);
    return this.peerAddresses;
  }

  async changes(
    { database, owner }: { readonly database: string; readonly owner: Owner },
    signal?: AbortSignal,
  ): Promise<DatabaseChanges | undefined> {
    assertEnvironmentName(database);
    signal?.throwIfAborted();
    if (this.failure) return { kind: 'unknown', reason: this.failure.message };
    const found = this.held.get(database);
    if (!found) return undefined;
    if (!isOwner(found, owner)) {
      throw new AppError('conflict', `The PostgreSQL database ${database} belongs to somebody else.`);
    }
    if (this.unknown !== undefined) return { kind: 'unknown', reason: this.unknown };
    return summarizeChanges(this.written.get(database) ?? [], false);
  }

  async drop(request: Parameters<Databases['drop']>[0], signal?: AbortSignal): Promise<void> {
    assertEnvironmentName(request.database);
    assertEnvironmentName(request.role);
    this.enter(signal);
    const found = this.held.get(request.database);
    if (found && !isOwner(found, request.owner)) {
      throw new AppError('conflict', `The PostgreSQL database ${request.database} belongs to somebody else.`);
    }
    if (found?.kind === 'environment' && found.isProtected) throw isProtectedError(request.database);
    const { keepMs = 0, repository } = request;
    if (keepMs === 0) {
      this.kept.delete(request.owner.worktreeId);
      this.dropSnapshots(request.owner);
    } else if (found?.kind === 'environment')
      this.kept.set(request.owner.worktreeId, { ...found, repository, until: Date.now() + keepMs });
    this.held.delete(request.database);
    this.rolesAlone.delete(request.role);
    this.written.delete(request.database);
  }

  async ofRepository(repositoryId: string, signal?: AbortSignal): Promise<readonly RepositoryDatabase[]> {
    this.enter(signal);
    const plain = { title: undefined, bytes: 1, madeAt: 1, sessions: 0 } as const;
    const held = [...this.held].flatMap(([name, each]): RepositoryDatabase[] => {
      if (each.kind === 'template' && each.repositoryId === repositoryId)
        return [{ ...plain, kind: 'template', name, owner: undefined, isProtected: false }];
      if (each.kind !== 'environment' || each.owner.repositoryId !== repositoryId) return [];
      return [{ ...plain, kind: 'environment', name, owner: each.owner, isProtected: each.isProtected === true }];
    });
    const kept = [...this.kept.values()].flatMap(({ owner, role }): RepositoryDatabase[] =>
      owner.repositoryId === repositoryId
        ? [{ ...plain, kind: 'kept', name: `kept_${owner.worktreeId}`, owner, title: role, isProtected: false }]
        : [],
    );
    const all = [...held, ...kept, ...this.snapshotsOfRepository(repositoryId)];
    return all.sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  async isProtected({ database, owner }: Parameters<Databases['isProtected']>[0]): Promise<boolean | undefined> {
    assertEnvironmentName(database);
    if (this.failure) return undefined;
    const found = this.held.get(database);
    return found && isOwner(found, owner) ? found.isProtected === true : undefined;
  }

  async protect(request: Parameters<Databases['protect']>[0], signal?: AbortSignal): Promise<void> {
    this.present(request, signal).isProtected = request.isProtected;
  }

  protected enter(signal: AbortSignal | undefined): void {
    signal?.throwIfAborted();
    if (this.failure) throw this.failure;
  }

  async #inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(key) ?? Promise.resolve();
    const run = before.then(work);
    this.#turns.set(
      key,
      run.then(
        () => undefined,
        () => undefined,
      ),
    );
    return run;
  }
}

function withHost(url: string, host: string): string {
  const changed = new URL(url);
  changed.host = host;
  return changed.href;
}

function isOwner(held: Held, owner: Owner): held is Held & { kind: 'environment' } {
  return (
    held.kind === 'environment' &&
    held.owner.repositoryId === owner.repositoryId &&
    held.owner.worktreeId === owner.worktreeId
  );
}
