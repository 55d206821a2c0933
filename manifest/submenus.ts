import type { MenuGroup } from './menuGroup';
import type { TreeRow } from './treeRows';
import { when } from './when';

interface SubmenuRow {
  readonly label: string;
  /** Its place in the title of the view. */
  readonly title?: { readonly group: MenuGroup; readonly when: string };
  /** Its place in the menu of a row. */
  readonly row?: { readonly of: TreeRow; readonly group: MenuGroup };
}

/** Menus within the menus of the view's title and of its rows. VS Code knows each as `coppice.<key>`. */
export const submenus = {
  sort: { label: 'Sort By', title: { group: '0_list@1', when: when.withOtherWorktree } },
  filter: { label: 'Filter', title: { group: '0_list@2', when: when.withOtherWorktree } },
  agent: { label: 'Agent', row: { of: 'worktreeForAgent', group: '3_more@1' } },
  database: { label: 'Database', row: { of: 'worktreeWithDatabase', group: '3_more@2' } },
  copy: { label: 'Copy', row: { of: 'worktree', group: '3_more@3' } },
} as const satisfies Readonly<Record<string, SubmenuRow>>;

/** The same, as it is said of any of them. */
export const submenuRows: Readonly<Record<string, SubmenuRow>> = submenus;

export type SubmenuId = keyof typeof submenus;
