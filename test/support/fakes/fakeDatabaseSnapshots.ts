import { assertEnvironmentName, assertForkable, assertTemplateName } from '../../../src/adapters/postgres/ownership';
import type { TableChanges } from '../../../src/core/databaseChanges';
import {
  assertSnapshotName,
  automaticSnapshotName,
  snapshotNamed,
  type DatabaseSnapshot,
  type SnapshotCause,
} from '../../../src/core/databaseSnapshots';
import { AppError } from '../../../src/core/errors';
import { isSameOwner } from '../../../src/core/isSameOwner';
import type { Owner } from '../../../src/core/model';
import type {
  DatabaseSnapshots,
  EnvironmentDatabase,
  ForkRequest,
  ReplacedDatabase,
  SnapshotRequest,
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
}

/** Snapshots in memory, of databases that a subclass has. */
export abstract class FakeDatabaseSnapshots implements DatabaseSnapshots {
  readonly held = new Map<string, Held>();
  /** What was written to databases since they were cloned. */
  readonly written = new Map<string, readonly TableChanges[]>();
  #stored: readonly Stored[] = [];
  /** What was written to a database when it came from a template or a snapshot. */
  readonly #arrived = new Map<string, readonly TableChanges[]>();
  #clock = 0;

  protected abstract enter(signal: AbortSignal | undefined): void;

  async listSnapshots(owner: Owner, signal?: AbortSignal): Promise<readonly DatabaseSnapshot[]> {
    this.enter(signal);
    return this.#of(owner).map(({ name, takenAt, commit, before, bytes }) => ({
      name,
      takenAt,
      commit,
      before,
      bytes,
    }));
  }

  async takeSnapshot(request: SnapshotRequest, signal?: AbortSignal): Promise<DatabaseSnapshot> {
    assertSnapshotName(request.name);
    const { name, commit } = request;
    this.present(request, signal);
    if (this.#of(request.owner).some((each) => each.name === name))
      throw new AppError('conflict', `There is a snapshot ${JSON.stringify(name)} already.`);
    return this.#keep(request, { name, commit, before: undefined });
  }

  async restoreSnapshot(request: SnapshotRequest, signal?: AbortSignal): Promise<ReplacedDatabase> {
    assertSnapshotName(request.name);
    this.present(request, signal);
    const source = snapshotNamed(this.#of(request.owner), request.name);
    return this.#replace(request, 'restore', source, source);
  }

  async resetDatabase(
    request: EnvironmentDatabase & { readonly template: string; readonly commit: string | undefined },
    signal?: AbortSignal,
  ): Promise<ReplacedDatabase> {
    assertTemplateName(request.template);
    this.present(request, signal);
    const template = this.held.get(request.template);
    if (!template) throw new AppError('notFound', `There is no template database ${request.template}.`);
    if (template.kind !== 'template' || template.repositoryId !== request.owner.repositoryId)
      throw new AppError('conflict', `The database ${request.template} is no template of this repository.`);
    return this.#replace(request, 'reset', { written: [], made: madeBy(template) });
  }

  async forkDatabase(request: ForkRequest, signal?: AbortSignal): Promise<ReplacedDatabase> {
    assertForkable(request, request.from);
    this.present(request, signal);
    return this.#replace(request, 'fork', this.forked(request.from, signal));
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

  protected snapshotsOfRepository(repositoryId: string): RepositoryDatabase[] {
    return this.#stored
      .filter(({ owner }) => owner.repositoryId === repositoryId)
      .map(({ owner, name, takenAt }) => ({
        ...{ kind: 'snapshot', name: `snap_${owner.worktreeId}_${name}`, owner, title: name, bytes: 1 },
        ...{ madeAt: takenAt, sessions: 0, isProtected: false },
      }));
  }

  protected snapshotNames(owner: Owner): string[] {
    return this.#of(owner).map(({ name }) => name);
  }

  protected dropSnapshots(owner: Owner): void {
    this.#stored = this.#stored.filter((each) => !isSameOwner(each.owner, owner));
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

  #keep(
    { database, owner }: EnvironmentDatabase,
    what: Pick<DatabaseSnapshot, 'name' | 'commit' | 'before'>,
    isUntouched = false,
  ): DatabaseSnapshot {
    const found = this.held.get(database);
    const made = found?.kind === 'environment' ? madeOf(found) : {};
    const snapshot = { ...what, takenAt: ++this.#clock, bytes: 1 };
    this.#stored = [
      { ...snapshot, owner, made, isUntouched, written: this.written.get(database) ?? [] },
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

/** Of a clone of a template. */
export function madeBy({ recipe, migrates }: { readonly recipe: string; readonly migrates?: string }): Made {
  return { recipe, ...(migrates === undefined ? {} : { migrated: migrates }) };
}

export function madeOf({ recipe, migrated }: Made): Made {
  return { ...(recipe === undefined ? {} : { recipe }), ...(migrated === undefined ? {} : { migrated }) };
}
