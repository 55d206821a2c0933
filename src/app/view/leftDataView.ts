import type { KeptData } from '../../core/ports/usedServices';
import { usedTitle } from '../../core/uses/usedTitle';

/** What is said of data that no environment has any more. */
export function leftDataView({ folder, services, place }: KeptData): { readonly words: string; readonly why: string } {
  const what = services.map(({ service, tool }) => usedTitle(service, tool)).join(', ');
  // What was made by an earlier version says nothing of it.
  const whose = place === undefined ? 'whose worktree nobody can tell' : `whose worktree was ${place.worktree}`;
  return {
    words: 'data of an environment that is gone',
    why: `Data of ${what || 'nothing'} are left in ${folder}, of an environment that is gone, ${whose}. No command leads to them any more: move out of it what you want to keep, and delete the folder.`,
  };
}
