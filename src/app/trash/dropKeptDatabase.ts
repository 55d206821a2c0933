import { AppError } from '../../core/errors';
import type { Databases, KeptDatabase } from '../../core/ports/databases';
import type { Locks } from '../../core/ports/host';
import type { UseCase } from '../run/run';
import { environmentLock, withLock } from '../run/withLock';

export interface DatabasePorts {
  readonly openDatabases: (
    folder: string,
  ) => Promise<Pick<Databases, 'listKept' | 'dropKept' | 'facts' | 'dropInvalid'>>;
  readonly locks: Locks;
}

/** A database that can be dropped by its name, and that no environment has. */
export type SpareDatabase =
  | { readonly kind: 'kept'; readonly kept: KeptDatabase }
  /** A cut off DROP DATABASE has left it. */
  | { readonly kind: 'invalid'; readonly name: string };

/**
 * Finds what is kept, or invalid, under a name. Starts and changes nothing.
 *
 * @throws notFound naming what there is; conflict where several had the name; unreachable
 */
export function findSpareDatabase({
  openDatabases,
}: DatabasePorts): UseCase<{ readonly folder: string; readonly name: string }, SpareDatabase> {
  return async ({ folder, name }, { signal }) => {
    const databases = await openDatabases(folder);
    const kept = await databases.listKept(signal);
    const facts = await databases.facts(signal);
    if (!kept || !facts)
      throw new AppError('unreachable', 'The database server does not run: "coppice cluster start" starts it.');
    // What is invalid under its own name is so before anything that once had that name.
    if (facts.invalid.includes(name)) return { kind: 'invalid', name };
    const exact = kept.find((each) => each.name === name);
    const found = exact ? [exact] : kept.filter(({ database }) => database === name);
    const [only] = found;
    if (only && found.length === 1) return { kind: 'kept', kept: only };
    if (only)
      throw new AppError(
        'conflict',
        `Several databases are kept that were called ${name}: ${found.map((each) => each.name).join(', ')}.`,
      );
    const there = [...kept.map(({ database }) => database), ...facts.invalid];
    throw new AppError(
      'notFound',
      `No database "${name}" is kept. ${there.length === 0 ? 'None is.' : `There are: ${[...new Set(there)].join(', ')}.`}`,
    );
  };
}

/**
 * Drops what was found, whose name a person has said yes to. Its owner is compared; an undo or a create of that environment is not under
 * way meanwhile.
 *
 * @throws conflict
 */
export function dropSpareDatabase({
  openDatabases,
  locks,
}: DatabasePorts): UseCase<{ readonly folder: string; readonly spare: SpareDatabase }, void> {
  return async ({ folder, spare }, { signal }) => {
    const databases = await openDatabases(folder);
    if (spare.kind === 'invalid') return databases.dropInvalid(spare.name, signal);
    const { name, database, owner } = spare.kept;
    await withLock(locks, environmentLock(owner), `the database ${database} is being dropped`, () =>
      databases.dropKept({ owner, name }, signal),
    );
  };
}
