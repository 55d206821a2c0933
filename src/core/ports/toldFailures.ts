import type { Worktree } from '../model';

/** Environments that fail of which a person was told. */
export interface ToldFailures {
  /** True to one caller only, of all windows, until it is forgotten: whoever asks first tells. False where the worktree is gone. @throws failed */
  claim(worktree: Pick<Worktree, 'gitDir'>): Promise<boolean>;
  /** It is well: when it fails again, it is told again. @throws failed */
  forget(worktree: Pick<Worktree, 'gitDir'>): Promise<void>;
}
