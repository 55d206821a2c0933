import type { EnvironmentFacts } from '../../core/facts';
import { isPrepared } from '../../core/services/heldServices';
import type { Work } from '../../core/model';
import type { KnownWorktree } from '../worktrees/readWorktrees';

/**
 * What is under way, or was when it was cut off.
 *
 * @param isAtWork whether `readWork` names it
 * @param facts of its environment
 */
export function workOf(
  { worktree, identity }: Pick<KnownWorktree, 'worktree' | 'identity'>,
  isAtWork: boolean,
  facts: EnvironmentFacts | undefined,
): Work | undefined {
  if (worktree.setAside !== undefined) return isAtWork ? 'deleting' : 'deleteCutOff';
  if (worktree.prunable !== undefined) return isAtWork ? 'deleting' : undefined;
  if (identity?.state === 'creating') {
    if (!isAtWork) return 'createCutOff';
    return facts && isUpdate(facts, identity.createdAt) ? 'updating' : 'creating';
  }
  if (identity || worktree.beingMade === undefined) return undefined;
  return worktree.isMakerGone ? 'createCutOff' : 'creating';
}

/** Every create writes down anew when it claims a namespace; a record keeps when the first one did. */
function isUpdate({ annotations, ...facts }: EnvironmentFacts, createdAt: string): boolean {
  return !isPrepared(facts) && Date.parse(annotations['claimed-at'] ?? '') > Date.parse(createdAt);
}
