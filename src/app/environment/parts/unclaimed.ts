import { AppError, type FoundEnvironment } from '../../../core/errors';
import type { Owner, Repository } from '../../../core/model';
import { namesFromSlug, slugCandidates, type CandidateNames } from '../../../core/naming';
import type { NamespaceRecord } from '../../../core/ports/cluster';
import { isSameOwner } from '../../../core/clusters/isSameOwner';
import { keptData } from '../../../core/uses/keptData';
import type { NamesInUse } from './claimNames';
import { parsedUses } from './usesAnnotation';
import type { KnownWorktree } from '../../worktrees/readWorktrees';

/** What an earlier worktree left under the name of a new one: nobody's, and not the new one's either until a person says so. */
export interface Unclaimed extends FoundEnvironment {
  readonly owner: Owner;
  /** Without a namespace: the parts that are left, by their ids, and what they are called. */
  readonly alone?: { readonly ids: readonly string[]; readonly names: CandidateNames };
}

/** What is asked for: a branch of a repository, for which no environment is recorded and none was begun. */
export interface Wanted {
  readonly repository: Repository;
  readonly owner: Owner;
  readonly known: readonly KnownWorktree[];
  readonly target: { readonly ref: string; readonly branch: string };
}

/** Reads only. @throws conflict while it is being deleted, and when a record that cannot be read may be what claims it */
export async function findUnclaimed(
  wanted: Wanted,
  inUse: NamesInUse,
  sha256: (text: string) => string,
  signal: AbortSignal,
): Promise<Unclaimed | undefined> {
  const { repository, known, target } = wanted;
  const isNobodys = (owner: Owner | undefined): owner is Owner =>
    owner?.repositoryId === repository.id &&
    !isSameOwner(owner, wanted.owner) &&
    !known.some(({ identity }) => isSameOwner(identity?.owner, owner));
  const namespace = inUse.namespaces.find(
    ({ owner, annotations }) => annotations['ref'] === target.ref && isNobodys(owner),
  );
  const found = namespace ? fromNamespace(namespace) : await partsAlone(wanted, inUse, isNobodys, sha256, signal);
  if (!found) return undefined;
  if (namespace?.terminating) {
    throw new AppError('conflict', `The namespace ${namespace.name} of an earlier worktree is being deleted.`, {
      remedy: { title: 'Try Again', action: { kind: 'retry' } },
    });
  }
  const unreadable = known.find(({ problem }) => problem !== undefined);
  if (unreadable?.problem) {
    throw new AppError(
      'conflict',
      `${found.namespace ?? found.database ?? found.alone?.ids.join(' and ')} may belong to the worktree ${unreadable.worktree.path}, whose record cannot be read. ${unreadable.problem.message}`,
      { cause: unreadable.problem, ...(unreadable.problem.remedy ? { remedy: unreadable.problem.remedy } : {}) },
    );
  }
  return found;
}

/** What a person has to decide. */
export function foundConflict({ branch }: { readonly branch: string }, unclaimed: Unclaimed): AppError {
  const { namespace, database, data = [], folder, alone } = unclaimed;
  const where = folder === undefined ? '' : ` in ${folder}`;
  const others = (alone?.ids ?? []).filter((id) => id !== 'database').map((id) => `the ${id}`);
  const what = [namespace, database && `the database ${database}`, ...data.map((each) => `data of ${each}`), ...others]
    .filter(Boolean)
    .join(' and ');
  return new AppError(
    'conflict',
    `An earlier worktree of ${branch}${where} left its environment: ${what}. Take it over with its data, or delete it and start anew.`,
    { found: { namespace, database, ...(data.length === 0 ? {} : { data }), folder } },
  );
}

function fromNamespace({ name, owner, annotations }: NamespaceRecord): Unclaimed | undefined {
  if (!owner) return undefined;
  const used = parsedUses(annotations['uses']);
  const data = used ? keptData(used) : [];
  const found = { owner, namespace: name, database: annotations['database'], folder: annotations['folder'] };
  return data.length === 0 ? found : { ...found, data };
}

/** The namespace may have gone with its cluster, and what lives elsewhere stayed. */
async function partsAlone(
  { repository, target }: Wanted,
  { namespaces, ofParts }: NamesInUse,
  isNobodys: (owner: Owner | undefined) => owner is Owner,
  sha256: (text: string) => string,
  signal: AbortSignal,
): Promise<Unclaimed | undefined> {
  const names = namesFromSlug(slugCandidates(repository.id, target.ref, sha256).next().value);
  const ids: string[] = [];
  let found: Owner | undefined;
  for (const { id, holder } of ofParts) {
    const owner = await holder(names, signal);
    if (owner === 'foreign' || !isNobodys(owner) || (found && !isSameOwner(found, owner))) continue;
    if (namespaces.some((namespace) => isSameOwner(namespace.owner, owner))) continue;
    found = owner;
    ids.push(id);
  }
  if (!found) return undefined;
  const database = ids.includes('database') ? names.database : undefined;
  return { owner: found, namespace: undefined, database, folder: undefined, alone: { ids, names } };
}
