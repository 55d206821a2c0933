import type { UsedBy } from '../ports/usedServices';

/** Beside the data of a used service, written by whoever prepares them. */
export const usedByFile = 'used-by';

/** What it says. */
export function usedByText({ repository, worktree }: UsedBy): string {
  return `${JSON.stringify({ repository, worktree })}\n`;
}
