import { assertEnvironmentName, assertForkable, assertTemplateName } from '../../../src/adapters/postgres/ownership';
import { isBookkeeping, type TableChanges } from '../../../src/core/databases/databaseChanges';
import {
  assertSnapshotName,
  automaticSnapshotName,
  keptSnapshotNamed,
  snapshotNamed,
  type DatabaseSnapshot,
  type KeptSnapshot,
  type SnapshotCause,
} from '../../../src/core/databases/databaseSnapshots';
import { AppError } from '../../../src/core/errors';
import { isSameOwner } from '../../../src/core/clusters/isSameOwner';
import type { Owner } from '../../../src/core/model';
import type {
  DatabaseSnapshots,
  EnvironmentDatabase,
  ForkRequest,
  ReplacedDatabase,
  Replacing,
  SnapshotRequest,
  TakeRequest,
} from '../../../src/core/ports/databaseSnapshots';
import { isProtectedError, type RepositoryDatabase } from '../../../src/core/ports/repositoryDatabases';

/** By which recipe a database was made and migrated. */
export interface Made {
  recipe?: string;
  /** 'unfinished': it was begun. */
  migrated?: string;
}

export type Held =
  | ({
      readonly kind: 'environment';
      readonly owner: Owner;
      readonly role: string;
      password: number;
      isProtected?: boolean;
    } & Made)
  | { readonly kind: 'template'; readonly repositoryId: string; readonly recipe: string; readonly migrates?: string }
  | { readonly kind: 'foreign' };

interface Stored extends DatabaseSnapshot {
  readonly owner: Owner;
  readonly written: readonly TableChanges[];
  readonly made: Made;
  readonly isUntouched: boolean;
  /** Another once anything was written. */
  readonly state: string;
}

/** Snapshots in memory, of databases that a subclass has. */
export abstract class FakeDatabaseSnapshots implements DatabaseSnapshots {
  readonly held = new Map<string, Held>();
  /** What was written to databases since they were cloned. */
  readonly written = new Map<string, readonly TableChanges[]>();
  #stored: readonly Stored[] = [];
  /** What was written to a database when it came from a template or a snapshot. */
  readonly #arrived = new Map<string, readonly TableChanges[]>();
  /** When a database came in the place of another. */
  readonly #replaced = new Map<string, number>();
  #clock = 0;

  protected abstract enter(signal: AbortSignal | undefined): void;

  async listSnapshots(owner: Owner, signal?: AbortSignal): Promise<readonly DatabaseSnapshot[]> {
    this.enter(signal);
    return this.#of(owner).map(asListed);
  }

  async takeSnapshot(request: TakeRequest, signal?: AbortSignal): Promise<DatabaseSnapshot> {
    assertSnapshotName(request.name);
    const { name, commit } = request;
    this.present(request, signal);
    if (this.#of(request.owner).some((each) => each.name === name))
      throw new AppError('conflict', `There is a snapshot ${JSON.stringify(name)} already.`);
    const same = this.#of(request.owner).find(({ state }) => state === this.#stateOf(request.database));
    if (request.unlessKept && same) return asListed(same);
    return this.#keep(request, { name, commit, before: undefined, ...(request.keep ? { isKept: true } : {}) });
  }

  async restoreSnapshot(request: SnapshotRequest & Replacing, signal?: AbortSignal): Promise<ReplacedDatabase> {
    assertSnapshotName(request.name);
    this.present(request, signal);
    const own = this.#of(request.owner);
    const source =
      own.find(({ name }) => name === request.name) ??
      keptSnapshotNamed([...this.#kept(request.owner.repositoryId), ...own.map(withDatabase)], request.name);
    await request.beforeReplace?.();
    return this.#replace(request, 'restore', source, source);
  }

  async resetDatabase(
    request: EnvironmentDatabase & Replacing & { readonly template: string; readonly commit: string | undefined },
    signal?: AbortSignal,
  ): Promise<ReplacedDatabase> {
    assertTemplateName(request.template);
    this.present(request, signal);
    const template = this.held.get(request.template);
    if (!template) throw new AppError('notFound', `There is no template database ${request.template}.`);
    if (template.kind !== 'template' || template.repositoryId !== request.owner.repositoryId)
      throw new AppError('conflict', `The database ${request.template} is no template of this repository.`);
    await request.beforeReplace?.();
    return this.#replace(request, 'reset', { written: [], made: madeBy(template) });
  }

  async forkDatabase(request: ForkRequest, signal?: AbortSignal): Promise<ReplacedDatabase> {
    assertForkable(request, request.from);
    this.present(request, signal);
    const source = this.forked(request.from, signal);
    await request.beforeReplace?.();
    return this.#replace(request, 'fork', source);
  }

  /** What a copy of another environment's database has. */
  protected forked(from: EnvironmentDatabase, signal: AbortSignal | undefined): Pick<Stored, 'written' | 'made'> {
    this.present(from, signal);
    const found = this.held.get(from.database);
    return { written: this.written.get(from.database) ?? [], made: found?.kind === 'environment' ? madeOf(found) : {} };
  }

  async dropSnapshot({ database, owner, name }: Omit<SnapshotRequest, 'commit'>, signal?: AbortSignal): Promise<void> {
    assertEnvironmentName(database);
    assertSnapshotName(name);
    this.enter(signal);
    const found = snapshotNamed(this.#of(owner), name);
    this.#stored = this.#stored.filter((each) => each !== found);
  }

  async listKeptSnapshots(repositoryId: string, signal?: AbortSignal): Promise<readonly KeptSnapshot[]> {
    this.enter(signal);
    return this.#kept(repositoryId).map((each) => ({ ...asListed(each), owner: each.owner, database: each.database }));
  }

  async dropKeptSnapshot(
    { repositoryId, name }: { readonly repositoryId: string; readonly name: string },
    signal?: AbortSignal,
  ): Promise<void> {
    this.enter(signal);
    const { database } = keptSnapshotNamed(this.#kept(repositoryId), name);
    this.#stored = this.#stored.filter((each) => withDatabase(each).database !== database);
  }

  /** @param isThere whether an environment, or what is kept of it, is */
  protected leftSnapshots(isThere: (owner: Owner) => boolean): readonly KeptSnapshot[] {
    return this.#stored.filter(({ isKept, owner }) => isKept && !isThere(owner)).map(withDatabase);
  }

  #kept(repositoryId: string) {
    return this.#stored.filter(({ isKept, owner }) => isKept && owner.repositoryId === repositoryId).map(withDatabase);
  }

  protected snapshotsOfRepository(repositoryId: string): RepositoryDatabase[] {
    return this.#stored
      .filter(({ owner }) => owner.repositoryId === repositoryId)
      .map(withDatabase)
      .map(({ owner, name, takenAt, database, isKept }) => ({
        ...{ kind: 'snapshot', name: database, owner, title: name, bytes: 1 },
        ...{ madeAt: takenAt, sessions: 0, isProtected: false, ...(isKept ? { isKept } : {}) },
      }));
  }

  protected snapshotNames(owner: Owner): string[] {
    return this.#of(owner).flatMap(({ name, isKept }) => (isKept ? [] : name));
  }

  protected dropSnapshots(owner: Owner): void {
    this.#stored = this.#stored.filter((each) => each.isKept || !isSameOwner(each.owner, owner));
  }

  #of(owner: Owner): Stored[] {
    return this.#stored.filter((each) => isSameOwner(each.owner, owner));
  }

  /** An environment's own. @throws notFound, conflict */
  protected present({ database, role, owner }: EnvironmentDatabase, signal: AbortSignal | undefined) {
    assertEnvironmentName(database);
    assertEnvironmentName(role);
    this.enter(signal);
    const found = this.held.get(database);
    if (!found) throw new AppError('notFound', `There is no database ${database}: the next create makes it.`);
    if (found.kind !== 'environment' || !isSameOwner(found.owner, owner))
      throw new AppError('conflict', `The PostgreSQL database ${database} belongs to somebody else.`);
    return found;
  }

  #stateOf(database: string): string {
    const own = (this.written.get(database) ?? []).filter(({ table }) => !isBookkeeping(table));
    return JSON.stringify([database, this.#replaced.get(database), own]);
  }

  #keep(
    { database, owner }: EnvironmentDatabase,
    what: Pick<DatabaseSnapshot, 'name' | 'commit' | 'before' | 'isKept'>,
    isUntouched = false,
  ): DatabaseSnapshot {
    const found = this.held.get(database);
    const made = found?.kind === 'environment' ? madeOf(found) : {};
    const snapshot = { ...what, takenAt: ++this.#clock, bytes: 1 };
    this.#stored = [
      {
        ...{ ...snapshot, owner, made, isUntouched, written: this.written.get(database) ?? [] },
        state: this.#stateOf(database),
      },
      ...this.#stored,
    ];
    return snapshot;
  }

  #replace(
    request: EnvironmentDatabase & { readonly commit: string | undefined },
    before: SnapshotCause,
    { written, made }: Pick<Stored, 'written' | 'made'>,
    source?: Stored,
  ): ReplacedDatabase {
    const { database, owner, commit } = request;
    const present = this.held.get(database);
    if (present?.kind === 'environment' && present.isProtected) throw isProtectedError(database);
    const name = automaticSnapshotName(
      before,
      this.#of(owner).map((each) => each.name),
    );
    const now = this.written.get(database) ?? [];
    const isUntouched = this.#arrived.has(database) ? now === this.#arrived.get(database) : now.length === 0;
    const earlier = this.#of(owner).filter((each) => each.before === before && each !== source && each.isUntouched);
    const kept = this.#keep(request, { name, commit, before }, isUntouched);
    this.#arrived.set(database, written);
    this.#replaced.set(database, ++this.#clock);
    const found = this.held.get(database);
    if (found?.kind === 'environment') {
      const { kind, role, password } = found;
      this.held.set(database, { kind, owner, role, password, ...made });
    }
    this.written.set(database, written);
    this.#stored = this.#stored.filter((each) => !earlier.includes(each));
    return { kept, dropped: earlier.map((each) => each.name) };
  }
}

function asListed({ name, takenAt, commit, before, bytes, isKept }: DatabaseSnapshot): DatabaseSnapshot {
  return { name, takenAt, commit, before, bytes, ...(isKept ? { isKept } : {}) };
}

function withDatabase(stored: Stored): Stored & { readonly database: string } {
  return { ...stored, database: `snap_${stored.owner.worktreeId}_${stored.name}` };
}

/** Of a clone of a template. */
export function madeBy({ recipe, migrates }: { readonly recipe: string; readonly migrates?: string }): Made {
  return { recipe, ...(migrates === undefined ? {} : { migrated: migrates }) };
}

export function madeOf({ recipe, migrated }: Made): Made {
  return { ...(recipe === undefined ? {} : { recipe }), ...(migrated === undefined ? {} : { migrated }) };
}
