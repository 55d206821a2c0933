import { environmentState, type WorktreeState } from '../../app/view/worktreeState';
import type { WorktreeView } from '../../app/view/worktreeView';
import type { Health } from '../../core/model';

export interface IconData {
  readonly name: string;
  /** Id of a theme colour; undefined: the text's own. */
  readonly color: string | undefined;
}

const warning: IconData = { name: 'warning', color: 'list.warningForeground' };

const icons: Readonly<Record<WorktreeState, IconData>> = {
  none: { name: 'circle-large-outline', color: 'disabledForeground' },
  creating: { name: 'loading~spin', color: 'disabledForeground' },
  createCutOff: warning,
  updating: { name: 'sync~spin', color: 'progressBar.background' },
  healthy: { name: 'pass-filled', color: 'testing.iconPassed' },
  waiting: { name: 'watch', color: 'list.warningForeground' },
  progressing: { name: 'sync~spin', color: 'progressBar.background' },
  degraded: { name: 'error', color: 'list.errorForeground' },
  stopped: { name: 'circle-slash', color: 'disabledForeground' },
  asleep: { name: 'debug-pause', color: 'disabledForeground' },
  noServices: { name: 'question', color: 'disabledForeground' },
  deleting: { name: 'loading~spin', color: 'disabledForeground' },
  deleteCutOff: warning,
  elsewhere: { name: 'remote', color: 'disabledForeground' },
  missing: warning,
  offline: { name: 'debug-disconnect', color: 'disabledForeground' },
  unknown: { name: 'circle-large-outline', color: 'disabledForeground' },
  damaged: warning,
  folderGone: warning,
  moved: warning,
  orphan: warning,
};

/** Of a worktree in which an agent waits for a person. */
export const waitingIcon: IconData = { name: 'bell-dot', color: 'notificationsWarningIcon.foreground' };

export function iconOf(state: WorktreeState): IconData {
  return icons[state];
}

/** Of a worktree: while its cluster is away, as it was known last. */
export function viewIcon({ state, lastKnown }: Pick<WorktreeView, 'state' | 'lastKnown'>): IconData {
  return lastKnown === undefined ? icons[state] : stale(icons[lastKnown]);
}

export function healthIcon(health: Health, isStale: boolean): IconData {
  const icon = icons[environmentState({ terminating: false, health })];
  return isStale ? stale(icon) : icon;
}

/** For lists that come and go, where nothing turns. */
export function still(icon: IconData): IconData {
  return { ...icon, name: icon.name.replace(/~spin$/, '') };
}

/** What is only the last known must not look like the present: no colour and nothing that turns. */
function stale({ name }: IconData): IconData {
  return { name: name.replace(/^.*~spin$/, 'sync'), color: 'disabledForeground' };
}
