import type { AppError } from '../../core/errors';
import type { Event } from '../../core/event';
import type { Snapshot } from '../../core/model';

/** The one snapshot that everything renders from, as whoever renders sees it. */
export interface SnapshotStore {
  readonly snapshot: Snapshot;
  /**
   * Why there is no repository in the snapshot: `missingTool` without git, `invalidInput` where the folder is in no
   * repository. undefined as long as nothing is wrong, and before the first refresh.
   */
  readonly problem?: AppError | undefined;
  /** Why the last reading failed, which leaves what was known before it; undefined: it did not. */
  readonly failure?: AppError | undefined;
  readonly onDidChange: Event<Snapshot>;
  /** Never rejects. */
  refresh(): Promise<void>;
  /** Whether anybody sees what the snapshot says; the first `true` starts reading and watching, `false` pauses both. */
  setVisible(visible: boolean): void;
  /**
   * Whether a badge or a status bar says something of it though nobody looks at more: it goes on to watch then, but asks for nothing
   * that they do not say.
   */
  setFollowed(isFollowed: boolean): void;
}
