import { formatTable } from '../core/text/formatTable';
import type { EveryEnvironment, PlacedEnvironment } from '../app/snapshot/everyEnvironment';
import { clusterText } from '../core/clusters/clusterRules';
import { traitsOf } from '../core/clusterTraits';
import type { LeftKept } from '../app/trash/leftKept';
import { AppError, isAppError } from '../core/errors';
import { clusterStatusText } from './clusterStatusText';
import { type CliContext, withRun } from './context';
import { leftAsideView } from '../app/view/leftAsideView';
import { leftDatabaseView } from '../app/view/leftDatabaseView';
import { leftKeptView } from '../app/trash/leftKeptView';
import { leftDataView } from '../app/view/leftDataView';
import { environmentState, type WorktreeState } from '../app/view/worktreeState';
import { stateWords } from '../app/view/stateWords';
import { runningJson } from '../app/view/snapshotJson';
import { capitalized, printable } from './table';
import { print, printJson } from './terminal';

/** `coppice list --all`: what runs in the cluster, whoever it was made for. */
export async function listAll(context: CliContext, json: boolean): Promise<void> {
  const { product, cwd } = context;
  const { every, leftKept } = await withRun(true, async ({ signal }) => {
    const status = await product.clusters.status(undefined, signal);
    if (!status.access) {
      const start = status.state === 'stopped' ? ' "coppice cluster start" starts it.' : '';
      throw new AppError('unreachable', clusterStatusText(status) + start);
    }
    return {
      every: await product.environments.every(cwd, signal),
      // A database server that is away keeps nobody from seeing what runs.
      leftKept: await product.trash.leftDatabases(cwd, signal).catch(unlessKnown),
    };
  });
  if (json) printJson({ ...everyJson(every), leftKept: leftKept.map(leftKeptJson) });
  else print(everyText(every, leftKept));
}

function unlessKnown(error: unknown): readonly LeftKept[] {
  if (!isAppError(error)) throw error;
  return [];
}

function leftKeptJson(left: LeftKept): object {
  const { database: kept, worktree } = left;
  const { name, database, owner, repository, bytes } = kept;
  const { words, why } = leftKeptView(left);
  return {
    ...{ database, keptAs: name, owner, repository: repository ?? null, bytes: bytes ?? null },
    ...{ worktree: worktree?.path ?? null, view: { words, why } },
  };
}

function everyText(every: EveryEnvironment, leftKept: readonly LeftKept[]): string {
  const left = [
    ...every.leftAside.map(leftAsideView),
    ...every.leftData.map(leftDataView),
    ...every.leftDatabases.map(leftDatabaseView),
    ...leftKept.map(leftKeptView).map(({ why, drops }) => ({ why: `${why} ${drops}` })),
  ];
  return [environmentsText(every), ...left.map(({ why }) => printable(why))].join('\n\n');
}

function environmentsText({ clusterIdentity, environments }: EveryEnvironment): string {
  if (environments.length === 0) return `There are no environments in ${clusterText(clusterIdentity)}.`;
  const { isShared } = traitsOf(clusterIdentity);
  const rows = environments.map((environment) => [
    printable(environment.namespace),
    capitalized(viewOf(environment).words),
    claimWord(environment, isShared),
    printable(environment.ref.replace(/^refs\/heads\//, '')),
    printable(folderOf(environment)),
  ]);
  const table = formatTable([['NAMESPACE', 'STATUS', 'WORKTREE', 'BRANCH', 'FOLDER'], ...rows]);
  const isFree = environments.some(({ claim, isBeingCreated }) => claim.kind !== 'claimed' && !isBeingCreated);
  if (isShared || !isFree) return table;
  return `${table}\n\n"coppice delete --namespace NAMESPACE" deletes an environment that has no worktree any more.`;
}

/** In a cluster that others use too, a folder that is not here is no folder that is gone. */
function claimWord({ claim, isBeingCreated }: PlacedEnvironment, isShared: boolean): string {
  switch (claim.kind) {
    case 'claimed':
      return claim.worktree.prunable === undefined ? 'there' : stateWords.folderGone;
    case 'unclaimed':
      return isBeingCreated ? stateWords.creating : 'none';
    case 'gone':
      return isShared ? 'not here' : 'gone';
    case 'unknown':
      return 'unknown';
  }
}

function folderOf({ claim, folder }: PlacedEnvironment): string {
  return claim.kind === 'claimed' ? claim.worktree.path : folder;
}

function everyJson({ clusterIdentity, environments, leftAside, leftData, leftDatabases }: EveryEnvironment): object {
  const { isShared } = traitsOf(clusterIdentity);
  return {
    clusterIdentity,
    environments: environments.map((environment) => {
      const { namespace, slug, ref, database, repositoryId, worktreeId, claim, isBeingCreated } = environment;
      return {
        namespace,
        slug,
        ref,
        folder: folderOf(environment),
        database: database ?? null,
        owner: { repositoryId, worktreeId },
        beingCreated: isBeingCreated,
        worktree: claim.kind === 'gone' && isShared ? 'notHere' : claim.kind,
        repository: 'root' in claim ? claim.root : null,
        problem: claim.kind === 'unknown' ? claim.problem.message : null,
        view: viewOf(environment),
        ...runningJson(environment),
      };
    }),
    leftAside: leftAside.map((left) => ({ ...left, view: leftAsideView(left) })),
    leftData: leftData.map(({ folder, owner, services, place }) => ({
      ...{ folder, owner, services, worktree: place?.worktree ?? null },
      view: leftDataView({ folder, owner, services, place }),
    })),
    leftDatabases: leftDatabases.map((left) => ({ ...left, bytes: left.bytes ?? null, view: leftDatabaseView(left) })),
  };
}

function viewOf(environment: PlacedEnvironment): { readonly state: WorktreeState; readonly words: string } {
  const state = environmentState(environment);
  return { state, words: stateWords[state] };
}
