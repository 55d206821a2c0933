import type { Product } from '../app/product';
import { once } from './once';

/** What windows know of each other's notices. */
export function wireNotices(): Product['notices'] {
  const failures = once(async () => {
    const { ToldFailureFiles } = await import('../adapters/git/records/toldFailureFiles');
    return new ToldFailureFiles();
  });
  return {
    claim: async (worktree) => (await failures()).claim(worktree),
    forget: async (worktree) => (await failures()).forget(worktree),
  };
}
