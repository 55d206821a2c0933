import { createHash, randomBytes } from 'node:crypto';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { AppError } from '../../core/errors';
import { snapshotCauses, type SnapshotCause } from '../../core/databases/databaseSnapshots';
import { isSameOwner } from '../../core/clusters/isSameOwner';
import type { Owner } from '../../core/model';
import type { EnvironmentDatabase } from '../../core/ports/databaseSnapshots';
import type { DatabaseBaseline } from './databaseBaseline';

/*
 * Whose a role is stands in its comment, as JSON, which only the administrator may write; whose a database is says the comment
 * of the role that owns it. It stands in the database's own comment as well: for people, for templates, which no role of an
 * environment owns, and for what somebody gave another owner. Databases are made under a temporary name, and get their own
 * only together with the comments, in one transaction: what has a name of ours has an owner.
 */

/** What is known of a database that waits for its environment to be brought back. */
export interface Kept {
  /** The name that it had. */
  readonly database: string;
  /** When it is dropped, by the server's clock: milliseconds since the epoch. */
  readonly until: number;
  /** Where its worktree's repository was. */
  readonly repository?: string | undefined;
}

/** What a snapshot says of itself: what its database would be told of, were it brought back. */
export interface SnapshotMark {
  readonly kind: 'snapshot';
  readonly owner: Owner;
  /** What a person calls it. */
  readonly name: string;
  /** By the server's clock: milliseconds since the epoch. */
  readonly takenAt: number;
  readonly commit?: string | undefined;
  readonly before?: SnapshotCause | undefined;
  /** Nothing had been written to it, for certain, since it came from its template or snapshot. */
  readonly isUntouched?: boolean | undefined;
  /** It stays when its environment goes. */
  readonly isKept?: true | undefined;
  /** `databaseState` its database when it was taken. */
  readonly state?: string | undefined;
  readonly baseline?: DatabaseBaseline | undefined;
  readonly recipe?: string | undefined;
  readonly migrated?: string | undefined;
  /** The one that the database had, where it was a person's. */
  readonly comment?: string | undefined;
}

/** What a comment of ours says. */
export type Mark =
  | SnapshotMark
  | {
      readonly kind: 'environment';
      readonly owner: Owner;
      readonly baseline?: DatabaseBaseline | undefined;
      /** Of the template that it was cloned from. */
      readonly recipe?: string | undefined;
      /** The recipe by which it was migrated since, as a hash; `unfinishedMigration`: that has not come to its end. */
      readonly migrated?: string | undefined;
      /** What it was like when a snapshot was brought back, where one was since. */
      readonly restored?: DatabaseBaseline | undefined;
      /** It is not to be dropped, nor replaced, before a person says otherwise. */
      readonly isProtected?: boolean | undefined;
      /** Its environment was deleted, and may be brought back. */
      readonly kept?: Kept | undefined;
    }
  /** `recipe` is a hash. */
  | {
      readonly kind: 'template';
      readonly repositoryId: string;
      readonly recipe: string;
      /** What of it its migrations alone are made by, as a hash. */
      readonly migrates?: string | undefined;
      /** Of all its tables, where they could be counted. */
      readonly rows?: number | undefined;
      /** The one that its commands gave it, for its clones. */
      readonly comment?: string | undefined;
    };

/** In the place of a recipe's hash. */
export const unfinishedMigration = 'unfinished';

export function writeMark(mark: Mark): string {
  // What is undefined is left out.
  return escapeLiteral(JSON.stringify({ coppice: 1, ...written(mark) }));
}

function written(mark: Mark): object {
  switch (mark.kind) {
    case 'environment': {
      const { owner, baseline, recipe, migrated, restored, isProtected, kept } = mark;
      const { repositoryId, worktreeId } = owner;
      return { repositoryId, worktreeId, baseline, recipe, migrated, restored, isProtected, kept };
    }
    case 'snapshot': {
      const { owner, name, takenAt, commit, before, isUntouched, isKept, state, baseline, recipe, migrated, comment } =
        mark;
      const { repositoryId, worktreeId } = owner;
      const snapshot = { name, takenAt, commit, before, isUntouched, isKept, state };
      return { repositoryId, worktreeId, snapshot, baseline, recipe, migrated, comment };
    }
    case 'template': {
      const { repositoryId, recipe, migrates, rows, comment } = mark;
      return { repositoryId, recipe, migrates, rows, comment };
    }
  }
}

/** undefined: the comment is none of ours. */
export function readMark(comment: string | null | undefined): Mark | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(comment ?? '');
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Reflect.get(parsed, 'coppice') !== 1) return undefined;
  const keys = ['repositoryId', 'worktreeId', 'recipe', 'migrated', 'comment', 'migrates'];
  const [repositoryId, worktreeId, recipe, migrated, ofOthers, migrates] = keys.map((key) => {
    const value: unknown = Reflect.get(parsed, key);
    return typeof value === 'string' && value !== '' ? value : undefined;
  });
  if (repositoryId === undefined) return undefined;
  if (worktreeId !== undefined) {
    const [baseline, kept] = [readBaseline(parsed, 'baseline'), readKept(parsed)];
    const owner = { repositoryId, worktreeId };
    if (Reflect.has(parsed, 'snapshot')) {
      const snapshot = readSnapshot(parsed);
      return snapshot && { kind: 'snapshot', owner, ...snapshot, baseline, recipe, migrated, comment: ofOthers };
    }
    const isProtected = Reflect.get(parsed, 'isProtected') === true ? true : undefined;
    const restored = readBaseline(parsed, 'restored');
    return { kind: 'environment', owner, baseline, recipe, migrated, restored, isProtected, kept };
  }
  if (recipe === undefined) return undefined;
  return { kind: 'template', repositoryId, recipe, migrates, rows: numberIn(parsed, 'rows'), comment: ofOthers };
}

function readBaseline(mark: object, key: string): DatabaseBaseline | undefined {
  const value: unknown = Reflect.get(mark, key);
  if (typeof value !== 'object' || value === null) return undefined;
  const [transaction, countedSince, objects] = ['transaction', 'countedSince', 'objects'].map((each): unknown =>
    Reflect.get(value, each),
  );
  if (typeof transaction !== 'string' || !/^\d+$/.test(transaction)) return undefined;
  if (typeof countedSince !== 'string' || typeof objects !== 'number') return undefined;
  const defined: unknown = Reflect.get(value, 'defined');
  return {
    ...{ transaction, countedSince, objects, rows: numberIn(value, 'rows') },
    defined: typeof defined === 'string' && /^\d+$/.test(defined) ? defined : undefined,
  };
}

function readKept(mark: object): Kept | undefined {
  const value: unknown = Reflect.get(mark, 'kept');
  if (typeof value !== 'object' || value === null) return undefined;
  const [database, until] = ['database', 'until'].map((key): unknown => Reflect.get(value, key));
  if (typeof database !== 'string' || typeof until !== 'number') return undefined;
  const repository: unknown = Reflect.get(value, 'repository');
  return { database, until, repository: typeof repository === 'string' ? repository : undefined };
}

function readSnapshot(
  mark: object,
): Pick<SnapshotMark, 'name' | 'takenAt' | 'commit' | 'before' | 'isUntouched' | 'isKept' | 'state'> | undefined {
  const value: unknown = Reflect.get(mark, 'snapshot');
  if (typeof value !== 'object' || value === null) return undefined;
  const [name, commit, before, state] = ['name', 'commit', 'before', 'state'].map((key): unknown =>
    Reflect.get(value, key),
  );
  const takenAt = numberIn(value, 'takenAt');
  if (typeof name !== 'string' || takenAt === undefined) return undefined;
  return {
    name,
    takenAt,
    commit: typeof commit === 'string' ? commit : undefined,
    before: snapshotCauses.find((cause) => cause === before),
    isUntouched: Reflect.get(value, 'isUntouched') === true ? true : undefined,
    isKept: Reflect.get(value, 'isKept') === true ? true : undefined,
    state: typeof state === 'string' ? state : undefined,
  };
}

function numberIn(value: object, key: string): number | undefined {
  const found: unknown = Reflect.get(value, key);
  return typeof found === 'number' ? found : undefined;
}

export function isMarkOf(mark: Mark | undefined, owner: Owner): boolean {
  return (
    mark?.kind === 'environment' &&
    mark.owner.repositoryId === owner.repositoryId &&
    mark.owner.worktreeId === owner.worktreeId
  );
}

export function taken(what: 'database' | 'role', name: string): AppError {
  return new AppError(
    'conflict',
    `The PostgreSQL ${what} ${name} exists and belongs to somebody else; it is left alone.`,
  );
}

/** @throws invalidInput unless it is a name that Coppice gives to databases and roles of environments */
export function assertEnvironmentName(name: string): void {
  if (/^wt_[a-z0-9_]{1,60}$/.test(name)) return;
  throw new AppError('invalidInput', `${JSON.stringify(name)} is no name of an environment's database or role.`);
}

/** @throws invalidInput; conflict when they are one environment's, or of different repositories */
export function assertForkable(
  { database, owner }: Omit<EnvironmentDatabase, 'role'>,
  from: EnvironmentDatabase,
): void {
  assertEnvironmentName(from.database);
  assertEnvironmentName(from.role);
  if (database === from.database || isSameOwner(owner, from.owner))
    throw new AppError('conflict', `The database ${from.database} is this environment's own.`);
  if (owner.repositoryId !== from.owner.repositoryId)
    throw new AppError('conflict', `The database ${from.database} is that of another repository.`);
}

/** @throws invalidInput unless it is a name that a template may have */
export function assertTemplateName(name: string): void {
  const isReserved = /^(?:pg_.*|postgres|template[01]|wt_.*|coppice.*)$/.test(name);
  if (/^[a-z_][a-z0-9_]{0,62}$/.test(name) && !isReserved) return;
  throw new AppError('invalidInput', `${JSON.stringify(name)} is no name that a template database may have.`);
}

/** For identifiers that the checks above have passed, or that were made here. */
export const identifier = escapeIdentifier;

/** 12 hex digits that stand for what is being made: in temporary names, and as the lock of whoever makes it. */
export function makingHash(kind: 'database' | 'template' | 'schema', name: string): string {
  return createHash('sha256').update(`${kind}\0${name}`).digest('hex').slice(0, 12);
}

/** Key of the advisory lock for a hash; the upper 16 bits are the same for all of Coppice. */
export function lockKey(hash: string): bigint {
  return BigInt.asIntN(64, (0xc099n << 48n) | BigInt(`0x${hash}`));
}

export function temporaryName(hash: string): string {
  return `coppice_tmp_${hash}_${randomBytes(4).toString('hex')}`;
}

export function templateRoleName(hash: string): string {
  return `coppice_tpl_${hash}_${randomBytes(4).toString('hex')}`;
}

/** Of a database, and of its role, that wait for their environment to be brought back. */
export function keptName(hash: string): string {
  return `coppice_kept_${hash}_${randomBytes(4).toString('hex')}`;
}

/** Of a database that is a snapshot. One that is kept has another: builds that know of none drop all of an environment by the first. */
export function snapshotDatabaseName(hash: string, isKept = false): string {
  return `coppice_${isKept ? 'lasting' : 'snap'}_${hash}_${randomBytes(4).toString('hex')}`;
}

/** All kinds of names above; `hash` is the one that they carry. */
export function readMadeName(name: string): { readonly hash: string } | undefined {
  const hash = /^coppice_(?:tmp|tpl|kept|snap|lasting)_([0-9a-f]{12})_[0-9a-f]{8}$/.exec(name)?.[1];
  return hash === undefined ? undefined : { hash };
}
