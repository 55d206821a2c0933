import { traitsOf } from '../../core/clusterTraits';
import { clusterName } from '../../core/clusters/clusterRules';
import type { Cause, CauseKind } from '../../core/diagnosis/cause';
import type { Snapshot, WorktreeEntry } from '../../core/model';
import { wayText } from '../view/wayOut';
import { worktreeView, type WorktreeView } from '../view/worktreeView';
import type { WorktreeState } from '../view/worktreeState';

/** States that say themselves what is wrong, whatever its services do. */
const kinds: Partial<Readonly<Record<WorktreeState, CauseKind>>> = {
  none: 'noEnvironment',
  creating: 'working',
  updating: 'working',
  createCutOff: 'createCutOff',
  deleteCutOff: 'deleteCutOff',
  deleting: 'deleting',
  asleep: 'asleep',
  stopped: 'stopped',
  noServices: 'noServices',
  waiting: 'partWaits',
  elsewhere: 'clusterElsewhere',
  missing: 'environmentGone',
  folderGone: 'folderGone',
  moved: 'folderGone',
  damaged: 'recordDamaged',
  offline: 'clusterAway',
  unknown: 'clusterAway',
};

const whats: Partial<Readonly<Record<WorktreeState, string>>> = {
  none: 'The worktree has no environment.',
  creating: 'A create is at work.',
  updating: 'An update is at work.',
  asleep: 'The environment is asleep: nothing of it runs until somebody wakes it.',
  stopped: 'All its services have 0 replicas.',
  noServices: 'The environment has no services.',
  unknown: 'Nobody has asked the cluster yet.',
};

const todos: Partial<Readonly<Record<WorktreeState, string>>> = {
  creating: 'coppice wait',
  updating: 'coppice wait',
  deleting: 'coppice wait, or coppice delete once more',
  stopped: 'coppice scale <service> 1',
  noServices: 'Write services into coppice.yaml (coppice init), then: coppice create',
  damaged: 'coppice doctor',
  folderGone: 'git worktree prune, or coppice delete',
};

/** What is wrong with a worktree and its environment as a whole; undefined: that is for its services to say. */
export function entryCause(entry: WorktreeEntry, snapshot: Snapshot): Cause | undefined {
  const view = worktreeView(entry, snapshot);
  if (entry.waits !== undefined)
    return {
      kind: 'noRoom',
      what: view.why ?? 'It waits for this machine to have room.',
      evidence: [],
      todo: 'coppice sleep an environment that nobody uses; coppice top says what each takes',
    };
  const kind = kinds[view.state];
  if (kind === undefined) return undefined;
  const isAway = kind === 'clusterAway';
  return {
    kind,
    what: whats[view.state] ?? view.why ?? `It is as follows: ${view.words}.`,
    evidence: evidenceOf(view),
    todo: isAway
      ? startOf(entry)
      : (todos[view.state] ?? (view.way ? wayText(view.way, 'terminal') : otherTodo(view.state))),
  };
}

/** What is said beside the state, each as a sentence; of a part with what it is called. */
function evidenceOf({ marks, parts }: Pick<WorktreeView, 'marks' | 'parts'>): string[] {
  return marks.map((mark) => {
    const part = parts.find((each) => each.mark === mark);
    return part ? `${part.title}: ${mark}.` : `${mark.charAt(0).toUpperCase()}${mark.slice(1)}.`;
  });
}

/** What runs beside the cluster is told of there. */
function otherTodo(state: WorktreeState): string {
  return state === 'waiting' ? 'coppice doctor' : 'coppice status';
}

function startOf({ identity }: WorktreeEntry): string {
  if (identity === undefined || traitsOf(identity.cluster).canStart !== 'never') return 'coppice cluster start';
  return `Is it reachable from here? coppice cluster status (${clusterName(identity.cluster)})`;
}
