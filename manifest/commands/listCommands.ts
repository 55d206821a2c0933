import type { CommandRow } from '../commandRow';
import type { SubmenuId } from '../submenus';
import { when } from '../when';

/** How the worktrees are listed. Menus of extensions cannot mark what is chosen: the command that is has a title with a mark, and a row of its own. */
export const listCommands: readonly CommandRow[] = [
  ...choice('sort', 1, 'sortByAttention', 'Sort by Attention', 'attention'),
  ...choice('sort', 2, 'sortByActivity', 'Sort by Last Activity', 'activity'),
  ...choice('sort', 3, 'sortByName', 'Sort by Name', 'name'),
  ...choice('sort', 4, 'sortByMemory', 'Sort by Memory', 'memory'),
  ...choice('filter', 1, 'showFailing', 'Show Only Failing', 'failing'),
  ...choice('filter', 2, 'showWaiting', 'Show Only Waiting for You', 'waiting'),
  ...choice('filter', 3, 'showWithEnvironment', 'Show Only with Environment', 'environment'),
  ...choice('filter', 4, 'showWithAgent', 'Show Only with Agent', 'agents'),
  ...choice('filter', 5, 'showChanged', 'Show Only with Changes', 'changed'),
  {
    id: 'showAllWorktrees',
    file: 'showFiltered',
    given: '',
    title: 'Show All Worktrees',
    icon: 'filter-filled',
    palette: `${when.withOtherWorktree} && coppice.filter`,
    viewTitle: 'navigation@0',
  },
];

function choice(key: SubmenuId, at: number, id: string, title: string, given: string): CommandRow[] {
  const isChosen = `coppice.${key} == ${given}`;
  const row = {
    file: key === 'sort' ? 'sortWorktrees' : 'showFiltered',
    given,
    submenu: { key, group: `1@${at}` },
  } as const;
  return [
    { ...row, id, title, palette: when.withOtherWorktree, only: `!(${isChosen})` },
    { ...row, id: `${id}Chosen`, title: `✓ ${title}`, palette: false, only: isChosen },
  ];
}
