import { clusterText } from '../../core/clusters/clusterRules';
import { traitsOf } from '../../core/clusterTraits';
import type { Environment, PartStatus, ServiceStatus, Snapshot, WorktreeEntry } from '../../core/model';
import { plural } from '../../core/text/plural';
import { addressesOf, type Address } from './addresses';
import { agentsFact } from './agentWords';
import { stateTones, stateWords, type Tone } from './stateWords';
import { holdText } from './holdText';
import type { WayOut } from './wayOut';
import { waitsOf, worktreeState, type SeenState, type WorktreeState } from './worktreeState';

/**
 * What every place says of a worktree and its environment: the tree, the status bar, the dashboard, the terminal, JSON and what a
 * screen reader says. Texts hold what others wrote (branches, reasons, paths): who shows them takes out of them what their place
 * would read as markup.
 */
export interface WorktreeView extends SeenState {
  /** What a person calls the worktree: its branch. */
  readonly name: string;
  /** The state in words. */
  readonly words: string;
  readonly tone: Tone;
  /** One sentence that says why, where there is more to be said than the words do. */
  readonly why: string | undefined;
  readonly way: WayOut | undefined;
  /** What is to be said beside the state: how it was, locked, moved, cut off. */
  readonly marks: readonly string[];
  /** `2/3`: how many of the services that the environment file wants to run are healthy; undefined: none is to. */
  readonly healthyServices: string | undefined;
  readonly addresses: readonly Address[];
  /** What it is made of besides services. */
  readonly parts: readonly PartStatus[];
}

export function worktreeView(
  entry: WorktreeEntry,
  snapshot: Pick<Snapshot, 'cluster' | 'hasEnvironmentFile'>,
): WorktreeView {
  const seen = worktreeState(entry, snapshot);
  // Where there can be none it is not missed.
  const words = seen.state === 'none' && !snapshot.hasEnvironmentFile ? '' : stateWords[seen.state];
  return {
    ...seen,
    name: worktreeName(entry),
    words,
    tone: stateTones[seen.state],
    why: entry.waits === undefined ? (whyOf(entry, snapshot, seen.state) ?? goesWhy(entry)) : sentence(entry.waits),
    way: words === '' ? undefined : wayOf(entry, seen.state),
    marks: marksOf(entry, seen),
    healthyServices: healthyServices(entry),
    addresses: addressesOf(entry.environment?.services ?? []),
    parts: entry.environment?.parts ?? [],
  };
}

export function worktreeName({ worktree }: Pick<WorktreeEntry, 'worktree'>): string {
  return worktree.branch ?? `detached at ${worktree.head.slice(0, 7)}`;
}

/** What agents do, the state, what is to be said beside it, `3/3`, `↑1 ↓2`, `4 changed`; what says nothing is left out. */
export function worktreeFacts(view: WorktreeView, entry: Pick<WorktreeEntry, 'status' | 'agents'>): string[] {
  const { status } = entry;
  const agents = agentsFact(entry);
  // What needs a person is read first.
  const isAsked = entry.agents?.[0]?.state === 'waiting';
  const distance = [status?.ahead ? `↑${status.ahead}` : '', status?.behind ? `↓${status.behind}` : ''].filter(Boolean);
  const changed = (status?.changed ?? 0) + (status?.untracked ?? 0);
  return [
    isAsked ? agents : '',
    view.words,
    ...view.marks,
    view.healthyServices ?? '',
    isAsked ? '' : agents,
    distance.join(' '),
    status?.conflicts ? plural(status.conflicts, 'conflict') : '',
    changed > 0 ? `${changed} changed` : '',
  ].filter((fact) => fact !== '');
}

/** `CrashLoopBackOff: exit code 3` */
export function serviceWords({ state, reason }: Pick<ServiceStatus, 'state' | 'reason'>): string {
  return [state, reason].filter(Boolean).join(': ');
}

function marksOf(entry: WorktreeEntry, { state, lastKnown }: SeenState): string[] {
  const { worktree, movedFrom, work, waits, goes } = entry;
  return [
    stoppedText(entry),
    lastKnown === undefined ? '' : `was ${stateWords[lastKnown]}`,
    worktree.locked === undefined ? '' : worktree.isLockStale ? 'locked by a process that ended' : 'locked',
    // What runs is told as it runs.
    work === 'createCutOff' && state !== 'createCutOff' ? 'last create was cut off' : '',
    movedFrom === undefined ? '' : 'moved, not updated since',
    waits === undefined ? '' : 'waits to start',
    ...(entry.environment?.parts ?? []).map(({ mark = '' }) => mark),
    goes === undefined ? '' : 'goes by itself soon',
  ].filter((mark) => mark !== '');
}

function whyOf(entry: WorktreeEntry, { cluster }: Pick<Snapshot, 'cluster'>, state: WorktreeState): string | undefined {
  const { worktree, damaged, elsewhere, environment } = entry;
  const { path, movedTo, prunable, setAside } = worktree;
  switch (state) {
    case 'createCutOff':
      return 'A create ended before it was done.';
    case 'deleteCutOff':
      return setAside === undefined
        ? 'A delete ended before it was done.'
        : `A delete ended before it was done: the folder ${path} is set aside in ${setAside}, with all that is in it.`;
    case 'moved':
      return `${path} was moved to ${movedTo ?? 'another place'} without git.`;
    case 'folderGone':
      return `Git would prune it: ${prunable ?? 'its folder is not there'}.`;
    case 'damaged':
      return damaged;
    case 'elsewhere':
      return elsewhere && `Its environment lives in ${clusterText(elsewhere)}.`;
    case 'missing':
      return 'The cluster does not have its environment.';
    case 'offline':
      return cluster.state === 'offline' ? `The cluster is offline: ${cluster.reason.replace(/\.$/, '')}.` : undefined;
    case 'degraded':
      return environment?.services
        .filter(({ health }) => health === 'degraded')
        .map((service) => `${service.name}: ${serviceWords(service)}`)
        .join('; ');
    case 'waiting':
      return environment && sentence(waitsOf(environment) ?? '');
    case 'deleting':
      return environment && holdText(environment);
    case 'asleep':
      return environment && stillAwake(environment);
    default:
      return undefined;
  }
}

/** When it goes by itself, by a clock that tells no one's time zone; undefined: it does not. */
export function goesWhy({ goes }: Pick<WorktreeEntry, 'goes'>): string | undefined {
  if (!goes) return undefined;
  const at = `${new Date(goes.after).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const what = goes.what === 'environment' ? 'its environment' : 'it';
  return `Nobody has used it for long: ${what} goes by itself after ${at}, unless somebody uses or keeps it.`;
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/** What a sleep that was cut off has left running, or what would lose its data. */
function stillAwake({ services }: Environment): string | undefined {
  const running = services.filter(({ desired, state }) => desired > 0 && state !== 'Completed');
  if (running.length === 0) return undefined;
  return `Of its services ${running.map(({ name }) => name).join(', ')} still ${running.length === 1 ? 'runs' : 'run'}.`;
}

function wayOf(entry: WorktreeEntry, state: WorktreeState): WayOut | undefined {
  const { worktree, elsewhere, movedFrom } = entry;
  const { path: folder, branch } = worktree;
  switch (state) {
    case 'none':
      return { command: 'create', folder, branch: undefined, does: 'makes one' };
    case 'createCutOff':
      return { command: 'create', folder, branch, does: 'finishes it' };
    case 'missing':
      return { command: 'create', folder, branch: undefined, does: 'makes it again' };
    case 'deleteCutOff':
      return {
        command: 'delete',
        name: branch ?? folder,
        does: 'puts it back, asks for what would be lost, and finishes it',
      };
    case 'moved':
      return worktree.movedTo === undefined ? undefined : { command: 'repair', folder: worktree.movedTo };
    case 'elsewhere':
      return elsewhere && { command: 'chooseCluster', cluster: elsewhere };
    case 'waiting':
      return entry.environment?.temporal?.state === 'missing' ? { command: 'update', does: 'registers it' } : undefined;
    case 'asleep':
      return { command: 'wake', name: branch ?? folder, byRequest: wakesByRequest(entry) };
    default:
      return movedFrom === undefined ? undefined : { command: 'update' };
  }
}

/** Where Coppice serves its URLs, a request is enough. */
function wakesByRequest({ identity, environment }: WorktreeEntry): boolean {
  const hasGateway = identity !== undefined && traitsOf(identity.cluster).hasGateway;
  return hasGateway && addressesOf(environment?.services ?? []).length > 0;
}

/** `worker stopped`: of an environment that runs, what was scaled to nothing though the environment file wants it. */
function stoppedText({ environment }: WorktreeEntry): string {
  if (!runs(environment)) return '';
  const stopped = environment.services.filter(({ health, wanted = 0 }) => health === 'stopped' && wanted > 0);
  return servicesText(stopped, 'stopped');
}

/** `frontend, worker stopped`, and of more than two `3 services stopped`; empty: it is none. */
export function servicesText(services: readonly Pick<ServiceStatus, 'name'>[], are: string, and = ', '): string {
  if (services.length === 0) return '';
  return `${services.length > 2 ? plural(services.length, 'service') : services.map(({ name }) => name).join(and)} ${are}`;
}

function runs(environment: Environment | undefined): environment is Environment {
  if (!environment || environment.terminating) return false;
  return environment.health !== 'asleep' && environment.health !== 'stopped';
}

/** By services and their health: while a crashing pod's predecessor still answers, its pods count as ready. */
function healthyServices({ environment }: WorktreeEntry): string | undefined {
  const services = runs(environment) ? environment.services : [];
  const wanted = services.filter(({ desired, wanted: asked = 0 }) => desired > 0 || asked > 0);
  if (wanted.length === 0) return undefined;
  return `${wanted.filter(({ health }) => health === 'healthy').length}/${wanted.length}`;
}
