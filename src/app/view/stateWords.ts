import type { WorktreeState } from './worktreeState';

/** What is shown of a state without words: how good it is. */
export type Tone = 'good' | 'busy' | 'bad' | 'off';

/** The words of each state, for every place that shows one: they follow a name, and may begin a cell of a table. */
export const stateWords: Readonly<Record<WorktreeState, string>> = {
  none: 'no environment',
  creating: 'creating',
  createCutOff: 'creating was cut off',
  updating: 'updating',
  healthy: 'healthy',
  waiting: 'waiting',
  progressing: 'starting',
  degraded: 'degraded',
  stopped: 'stopped',
  asleep: 'asleep',
  noServices: 'no services',
  deleting: 'deleting',
  deleteCutOff: 'deleting was cut off',
  elsewhere: 'in another cluster',
  missing: 'environment is gone',
  offline: 'offline',
  unknown: 'not known yet',
  damaged: 'record cannot be read',
  folderGone: 'folder is gone',
  moved: 'moved without git',
  orphan: 'orphan',
};

export const stateTones: Readonly<Record<WorktreeState, Tone>> = {
  none: 'off',
  creating: 'busy',
  createCutOff: 'bad',
  updating: 'busy',
  healthy: 'good',
  waiting: 'busy',
  progressing: 'busy',
  degraded: 'bad',
  stopped: 'off',
  asleep: 'off',
  noServices: 'off',
  deleting: 'busy',
  deleteCutOff: 'bad',
  elsewhere: 'off',
  missing: 'bad',
  offline: 'off',
  unknown: 'off',
  damaged: 'bad',
  folderGone: 'bad',
  moved: 'bad',
  orphan: 'bad',
};
