import { traitsOf } from '../../../core/clusterTraits';
import { environmentNotes } from '../../../core/environmentNotes';
import { AppError } from '../../../core/errors';
import { isSameOwner } from '../../../core/clusters/isSameOwner';
import type { Identity, IdentityParts } from '../../../core/model';
import type { CandidateNames } from '../../../core/naming';
import type { NamespaceRecord } from '../../../core/ports/cluster';
import type { Settings } from '../../../core/settings';
import { chooseNames, type NamesInUse } from './claimNames';
import type { MakeRun } from './part';
import { namesInUse, planParts, type PlannedParts } from './planParts';
import { recordedNames } from './recordedNames';
import { findUnclaimed, foundConflict } from './unclaimed';

export interface EnvironmentChoice {
  readonly names: CandidateNames;
  /** The namespace was there before this run. */
  readonly isFound: boolean;
  readonly annotations: Readonly<Record<string, string>>;
  readonly podSecurity: 'baseline' | 'privileged';
  readonly parts: IdentityParts;
  readonly notes: readonly string[];
}

export interface ChoiceNotes {
  chosen: Pick<EnvironmentChoice, 'names' | 'isFound'> | undefined;
}

/** What an environment and all its parts are called. Reads only; is run again when another was quicker to take a name. */
export async function chooseEnvironment(
  run: Pick<MakeRun, 'ports' | 'prepared' | 'parts' | 'signal'>,
  notes: ChoiceNotes,
): Promise<EnvironmentChoice> {
  const { ports, prepared, signal } = run;
  const { cluster, worktrees, sha256, networkPolicies } = ports;
  const { repository, owner, target, file, folderOf, identity, begun, isAdopted } = prepared;
  const [namespaces, enforcement] = await Promise.all([
    cluster.listNamespaces(signal),
    networkPolicies?.enforcement(signal),
  ]);
  const isRecorded = identity !== undefined && !isLost(identity, namespaces);
  const inUse = namesInUse(run, namespaces);
  // What is found under the name is a person's to decide about.
  const isNew = !identity && !begun && !isAdopted;
  const unclaimed = isNew ? await findUnclaimed(prepared, inUse, sha256, signal) : undefined;
  if (unclaimed) throw foundConflict(target, unclaimed);
  const names = isRecorded ? recordedNames(identity) : await chooseNames(owner, target.ref, inUse, sha256, signal);
  if (isRecorded) await refuseForeignParts(identity, names, inUse, signal);
  const found = namespaces.find((namespace) => isSameOwner(namespace.owner, owner));
  // Before anything is claimed or built: nothing is to be taken back then.
  if (target.kind !== 'worktree') await worktrees.checkFolder(repository, folderOf(names.slug), signal);
  const planned = await planParts(run, names, namespaces);
  notes.chosen = { names, isFound: found !== undefined };
  const annotations = annotationsOf(run, names, found, planned, enforcement);
  const start = target.kind === 'new' && target.note ? [target.note] : [];
  const left = prepared.isLeftByDelete ? [`The branch ${target.branch} is as a delete left it that was cut off.`] : [];
  return {
    names,
    isFound: found !== undefined,
    annotations,
    // A worktree's files are a folder of the node, which no stricter standard lets a pod have.
    podSecurity: file.services.some((service) => service.mount) ? 'privileged' : 'baseline',
    parts: planned.records,
    notes: [...start, ...left, ...environmentNotes(annotations)],
  };
}

function annotationsOf(
  { ports, prepared }: Pick<MakeRun, 'ports' | 'prepared'>,
  names: CandidateNames,
  found: NamespaceRecord | undefined,
  planned: PlannedParts,
  enforcement: string | undefined,
): Readonly<Record<string, string>> {
  const { repository, target, folderOf, identity, begun, isLeftByDelete } = prepared;
  // What was recorded of another branch, which was checked out here then, says nothing of this one.
  const isSameRef = found?.annotations['ref'] === target.ref;
  // The branch of an environment that is taken over is another one, though it has the same name.
  const createdBranch = identity
    ? ((isSameRef ? found.annotations['created-branch'] : undefined) ??
      String(identity.createdBranch && identity.ref === target.ref))
    : String(begun?.createdBranch ?? (target.kind === 'new' || isLeftByDelete));
  return {
    ref: target.ref,
    folder: folderOf(names.slug),
    // Where it is looked for when the worktree's folder is not there: from anywhere.
    repository: repository.root,
    slug: names.slug,
    host: names.host,
    'claimed-at': new Date(ports.clock.now()).toISOString(),
    'created-branch': createdBranch,
    // Only who serves its URLs knows when it was last asked for something, and wakes it then.
    ...(traitsOf(ports.cluster.identity).hasGateway
      ? { 'sleep-after': String(ports.settings()['sleep.after'] * 60), 'start-limits': startLimits(ports.settings()) }
      : {}),
    ...planned.annotations,
    ...(enforcement === undefined ? {} : { 'network-policies': enforcement }),
  };
}

/** As the cluster's program reads them: megabytes, load, seconds. */
function startLimits(settings: Settings): string {
  return [settings['start.freeMemory'], settings['start.load'], settings['start.waitTime']].join(' ');
}

/** A part that the environment file asks for since then takes a name of which nobody was asked whose it is. */
async function refuseForeignParts(
  { owner, parts }: Identity,
  names: CandidateNames,
  { ofParts }: NamesInUse,
  signal: AbortSignal,
): Promise<void> {
  for (const { id, holder } of ofParts) {
    if (parts[id]) continue;
    const by = await holder(names, signal);
    if (by === undefined || (by !== 'foreign' && isSameOwner(by, owner))) continue;
    throw new AppError(
      'conflict',
      `What ${names.slug} would be given as its ${id} is there already, and belongs to somebody else. Nothing was changed.`,
    );
  }
}

/** Whether an environment that never was finished has lost its name to somebody else meanwhile. */
function isLost(identity: Identity, namespaces: readonly NamespaceRecord[]): boolean {
  const holder = namespaces.find(({ name }) => name === identity.names.namespace);
  return identity.state === 'creating' && holder !== undefined && !isSameOwner(holder.owner, identity.owner);
}
