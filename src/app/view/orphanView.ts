import type { PartStatus, UnclaimedEnvironment } from '../../core/model';
import { holdText } from './holdText';
import { stateTones, stateWords, type Tone } from './stateWords';
import type { WayOut } from './wayOut';
import { orphanState, type WorktreeState } from './worktreeState';

/** What every place says of an environment that no worktree claims. */
export interface OrphanView {
  readonly state: WorktreeState;
  readonly words: string;
  readonly tone: Tone;
  /** What is to be said beside the state. */
  readonly marks: readonly string[];
  readonly why: string | undefined;
  readonly way: WayOut | undefined;
  /** What it has besides services. */
  readonly parts: readonly PartStatus[];
}

export function orphanView(environment: UnclaimedEnvironment): OrphanView {
  const state = orphanState(environment);
  const isOrphan = state === 'orphan';
  return {
    state,
    words: stateWords[state],
    tone: stateTones[state],
    marks: isOrphan ? ['no worktree any more'] : [],
    why: isOrphan
      ? `No worktree claims it any more; it was made for ${environment.folder || 'a folder that is not known'}.`
      : state === 'creating'
        ? 'It has no worktree yet.'
        : holdText(environment),
    way: isOrphan
      ? { command: 'delete', name: environment.slug, does: 'deletes it, and asks for its data' }
      : undefined,
    parts: environment.parts ?? [],
  };
}
