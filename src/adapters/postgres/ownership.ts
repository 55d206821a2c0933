import { createHash, randomBytes } from 'node:crypto';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { AppError } from '../../core/errors';
import type { Owner } from '../../core/model';
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

/** What a comment of ours says. */
export type Mark =
  | {
      readonly kind: 'environment';
      readonly owner: Owner;
      readonly baseline?: DatabaseBaseline | undefined;
      /** Of the template that it was cloned from. */
      readonly recipe?: string | undefined;
      /** Its environment was deleted, and may be brought back. */
      readonly kept?: Kept | undefined;
    }
  /** `recipe` is a hash. */
  | {
      readonly kind: 'template';
      readonly repositoryId: string;
      readonly recipe: string;
      /** Of all its tables, where they could be counted. */
      readonly rows?: number | undefined;
      /** The one that its commands gave it, for its clones. */
      readonly comment?: string | undefined;
    };

export function writeMark(mark: Mark): string {
  return escapeLiteral(
    JSON.stringify(
      mark.kind === 'environment'
        ? {
            coppice: 1,
            repositoryId: mark.owner.repositoryId,
            worktreeId: mark.owner.worktreeId,
            ...(mark.baseline === undefined ? {} : { baseline: mark.baseline }),
            ...(mark.recipe === undefined ? {} : { recipe: mark.recipe }),
            ...(mark.kept === undefined ? {} : { kept: mark.kept }),
          }
        : {
            coppice: 1,
            repositoryId: mark.repositoryId,
            recipe: mark.recipe,
            ...(mark.rows === undefined ? {} : { rows: mark.rows }),
            ...(mark.comment === undefined ? {} : { comment: mark.comment }),
          },
    ),
  );
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
  const keys = ['repositoryId', 'worktreeId', 'recipe', 'comment'];
  const [repositoryId, worktreeId, recipe, ofCommands] = keys.map((key) => {
    const value: unknown = Reflect.get(parsed, key);
    return typeof value === 'string' && value !== '' ? value : undefined;
  });
  if (repositoryId === undefined) return undefined;
  if (worktreeId !== undefined) {
    const [baseline, kept] = [readBaseline(parsed), readKept(parsed)];
    return { kind: 'environment', owner: { repositoryId, worktreeId }, baseline, recipe, kept };
  }
  if (recipe === undefined) return undefined;
  return { kind: 'template', repositoryId, recipe, rows: numberIn(parsed, 'rows'), comment: ofCommands };
}

function readBaseline(mark: object): DatabaseBaseline | undefined {
  const value: unknown = Reflect.get(mark, 'baseline');
  if (typeof value !== 'object' || value === null) return undefined;
  const [transaction, countedSince, objects] = ['transaction', 'countedSince', 'objects'].map((key): unknown =>
    Reflect.get(value, key),
  );
  if (typeof transaction !== 'string' || !/^\d+$/.test(transaction)) return undefined;
  if (typeof countedSince !== 'string' || typeof objects !== 'number') return undefined;
  return { transaction, countedSince, objects, rows: numberIn(value, 'rows') };
}

function readKept(mark: object): Kept | undefined {
  const value: unknown = Reflect.get(mark, 'kept');
  if (typeof value !== 'object' || value === null) return undefined;
  const [database, until] = ['database', 'until'].map((key): unknown => Reflect.get(value, key));
  if (typeof database !== 'string' || typeof until !== 'number') return undefined;
  const repository: unknown = Reflect.get(value, 'repository');
  return { database, until, repository: typeof repository === 'string' ? repository : undefined };
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

/** @throws invalidInput unless it is a name that Coppice gives to databases and roles of environments */
export function assertEnvironmentName(name: string): void {
  if (/^wt_[a-z0-9_]{1,60}$/.test(name)) return;
  throw new AppError('invalidInput', `${JSON.stringify(name)} is no name of an environment's database or role.`);
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
export function makingHash(kind: 'database' | 'template', name: string): string {
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

/** All kinds of names above; `hash` is the one that they carry. */
export function readMadeName(name: string): { readonly hash: string } | undefined {
  const hash = /^coppice_(?:tmp|tpl|kept)_([0-9a-f]{12})_[0-9a-f]{8}$/.exec(name)?.[1];
  return hash === undefined ? undefined : { hash };
}
