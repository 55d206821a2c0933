import type { WorktreeEntry } from '../../core/model';
import { plural } from '../../core/text/plural';
import { age } from './age';
import { agentsFact } from './agentWords';
import { lastActivity } from './worktreeOrder';
import { servicesText, type WorktreeView } from './worktreeView';

export interface WorktreeRow {
  readonly view: WorktreeView;
  readonly entry: Pick<WorktreeEntry, 'status' | 'identity' | 'environment' | 'agents'>;
  /** What the first of its agents said last, as short as a row has room for. */
  readonly said?: string | undefined;
  readonly isOfWindow: boolean;
  /** The step that its create or update is at, where that is known: '' before the first. */
  readonly step?: string | undefined;
  /** It stands under a row that says that it has no environment. */
  readonly isGrouped: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** `2/3 ↑1 ↓4 ●2 · worker failing · 3m`: what its icon does not say, the informative part first, as rows are cut at their end. */
export function worktreeRowText(row: WorktreeRow): string {
  const { view, entry, isOfWindow, now, said = '' } = row;
  const { status } = entry;
  const changed = (status?.changed ?? 0) + (status?.untracked ?? 0);
  const counts = [
    view.healthyServices ?? '',
    status?.ahead ? `↑${status.ahead}` : '',
    status?.behind ? `↓${status.behind}` : '',
    changed > 0 ? `●${changed}` : '',
  ];
  const active = lastActivity(entry);
  const agents = [agentsFact(entry), said];
  // What needs a person is read first.
  const isAsked = entry.agents?.[0]?.state === 'waiting';
  return [
    ...(isAsked ? agents : []),
    stepText(row) ?? (saysIcon(row) ? '' : view.words),
    counts.filter(Boolean).join(' '),
    status?.conflicts ? plural(status.conflicts, 'conflict') : '',
    failingText(row),
    ...view.marks,
    ...(isAsked ? [] : agents),
    active === undefined ? '' : age(active, now).short,
    isOfWindow ? 'this window' : '',
  ]
    .filter((fact) => fact !== '')
    .join(' · ');
}

/** The same for a screen reader, which has neither the icon nor a use for arrows. */
export function worktreeRowSentence(row: WorktreeRow): string {
  const { view, entry, isOfWindow, now, said = '' } = row;
  const { status } = entry;
  const [healthy, wanted] = view.healthyServices?.split('/') ?? [];
  const changed = (status?.changed ?? 0) + (status?.untracked ?? 0);
  const active = lastActivity(entry);
  return [
    `Worktree ${view.name}`,
    stepText(row) ?? view.words,
    agentsFact(entry),
    said,
    failingText(row, ' and '),
    ...view.marks,
    wanted === undefined ? '' : `${healthy} of ${plural(Number(wanted), 'service')} healthy`,
    status?.ahead ? `${plural(status.ahead, 'commit')} ahead` : '',
    status?.behind ? `${plural(status.behind, 'commit')} behind` : '',
    changed > 0 ? plural(changed, 'changed file') : '',
    status?.conflicts ? plural(status.conflicts, 'conflict') : '',
    active === undefined ? '' : `last worked on ${age(active, now).words}`,
    isOfWindow ? 'in this window' : '',
  ]
    .filter((fact) => fact !== '')
    .join(', ');
}

/** `worker failing`: what is wrong there, which the count beside it does not say. */
function failingText({ view, entry }: WorktreeRow, and?: string): string {
  if (view.state !== 'degraded') return '';
  return servicesText(entry.environment?.services.filter(({ health }) => health === 'degraded') ?? [], 'failing', and);
}

/** `creating: Clone the database`; undefined: nobody here makes it. */
function stepText({ view, step }: WorktreeRow): string | undefined {
  if (step === undefined) return undefined;
  const isNew = ['none', 'creating', 'createCutOff', 'missing', 'unknown'].includes(view.state);
  return makingText(isNew ? 'creating' : 'updating', step);
}

export function makingText(words: string, step: string): string {
  return step === '' ? words : `${words}: ${step}`;
}

/** Of these the icon is like no other, and the count beside it says how far it is from well. While the cluster is away its row says so. */
function saysIcon({ view, isGrouped }: WorktreeRow): boolean {
  const { state, lastKnown, healthyServices } = view;
  if (state === 'none') return isGrouped;
  if (state === 'offline') return lastKnown !== undefined;
  return healthyServices !== undefined && (state === 'healthy' || state === 'degraded');
}
