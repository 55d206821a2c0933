import { lockText } from '../../core/clusters/lockOwner';
import { plural } from '../../core/text/plural';
import type { Environment, Snapshot, WorktreeEntry } from '../../core/model';
import type { EveryEnvironment } from '../snapshot/everyEnvironment';
import { holdText } from '../view/holdText';
import { leftAsideView } from '../view/leftAsideView';
import { leftDatabaseView } from '../view/leftDatabaseView';
import { leftDataView } from '../view/leftDataView';
import { orphanView } from '../view/orphanView';
import { goesWhy, worktreeView } from '../view/worktreeView';
import type { Finding } from './finding';

const check = 'environments';

/** Of the repository at hand: each that is not as it should be, and what nobody claims any more. */
export function environmentFindings(snapshot: Snapshot): Finding[] {
  const worktrees = snapshot.entries.flatMap((entry): Finding[] => {
    const { name, state, tone, words, marks, why, way } = worktreeView(entry, snapshot);
    if (state === 'deleting') return heldFinding(entry.environment);
    if (tone !== 'bad') return goingFinding(entry, name);
    const told = [words, ...marks].join(', ');
    return [
      { check, state: 'problem', message: `${name}: ${told}${why === undefined ? '.' : `. ${sentence(why)}`}`, way },
    ];
  });
  const orphans = snapshot.orphans.flatMap((orphan): Finding[] => {
    const { state, words, why, way } = orphanView(orphan);
    if (state === 'deleting') return heldFinding(orphan);
    if (state !== 'orphan') return [];
    return [{ check, state: 'warning', message: `${orphan.namespace}: ${words}. ${why ?? ''}`.trim(), way }];
  });
  const left = (snapshot.leftAside ?? []).map((each): Finding => {
    return { check, state: 'warning', message: leftAsideView(each).why };
  });
  const found = [...worktrees, ...orphans, ...left];
  if (found.length > 0) return found;
  const count = snapshot.entries.filter(({ environment, identity }) => environment ?? identity).length;
  if (count === 0) return [{ check, state: 'good', message: 'This repository has no environment.' }];
  // What is shown of them then is the last that was known, or nothing.
  if (snapshot.cluster.state !== 'online')
    return [
      {
        check,
        state: 'unknown',
        message: `${plural(count, 'environment')}: how they are is not known while the cluster is away.`,
      },
    ];
  return [{ check, state: 'good', message: `${plural(count, 'environment')}, nothing cut off, nothing left.` }];
}

/** What nobody has used for long, and who wants to keep it has to say so. */
function goingFinding(entry: WorktreeEntry, name: string): Finding[] {
  const why = goesWhy(entry);
  if (why === undefined) return [];
  const advice = `"coppice clean --keep ${name}" keeps it.`;
  return [{ check, state: 'warning', message: `${name}: ${why}`, advice }];
}

/** A namespace that does not go away by itself: only who holds it may let it go. */
function heldFinding(environment: Environment | undefined): Finding[] {
  const message = environment && holdText(environment);
  if (!environment || message === undefined) return [];
  const advice = `What holds it: kubectl get --namespace ${environment.namespace} <what remains> --output yaml names the finalizers; whoever set them lets them go.`;
  return [{ check, state: 'warning', message, advice }];
}

/** Of all repositories of this machine: environments whose repository is gone, and data whose environment is. */
export function goneFindings(every: EveryEnvironment, isShared: boolean): Finding[] {
  const left = [...every.leftData.map(leftDataView), ...every.leftDatabases.map(leftDatabaseView)];
  const data = left.map(({ why }): Finding => ({ check, state: 'warning', message: why }));
  // In a cluster that others use too, a folder that is not here is no folder that is gone.
  return isShared ? data : [...data, ...withoutRepository(every)];
}

function withoutRepository({ environments }: EveryEnvironment): Finding[] {
  return environments
    .filter(({ claim, isBeingCreated }) => claim.kind === 'gone' && !isBeingCreated)
    .map(({ namespace, folder }) => ({
      ...{ check, state: 'warning' },
      message: `${namespace}: the repository of this environment is gone (${folder || 'its folder is not known'}).`,
      advice: `"coppice delete --namespace ${namespace}" deletes it, and asks for its data.`,
    }));
}

/** Worktrees that a program has locked which has ended since: nobody else will unlock them. */
export function lockFindings({ entries }: Pick<Snapshot, 'entries'>): Finding[] {
  return entries.flatMap(({ worktree }): Finding[] => {
    const { path, isLockStale } = worktree;
    const text = lockText(worktree);
    if (text === undefined || !isLockStale) return [];
    const advice = `Git is told by: git worktree unlock ${JSON.stringify(path)}`;
    return [{ check: 'locks', state: 'warning', message: `${path} is ${text}.`, advice }];
  });
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
