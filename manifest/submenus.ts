import type { MenuGroup } from './menuGroup';
import { when } from './when';

interface SubmenuRow {
  readonly label: string;
  /** Its place in the title of the view. */
  readonly group: MenuGroup;
  readonly when: string;
}

/** Menus in the title of the view. VS Code knows each as `coppice.<key>`. */
export const submenus = {
  sort: { label: 'Sort By', group: '0_list@1', when: when.withOtherWorktree },
  filter: { label: 'Filter', group: '0_list@2', when: when.withOtherWorktree },
} as const satisfies Readonly<Record<string, SubmenuRow>>;

export type SubmenuId = keyof typeof submenus;
