import type { MenuGroup } from './menuGroup';
import type { SubmenuId } from './submenus';
import type { TreeRow } from './treeRows';

/**
 * A command: what it is called, and where and when it is offered. `npm run manifest` writes all that VS Code and the code must
 * know of it; what it does is in `src/ui/commands/<id>.ts`, which exports a `CommandHandler` of that name.
 */
export interface CommandRow {
  /** VS Code knows it as `coppice.<id>`. */
  readonly id: string;
  /** The file with what it does, where that is not called as the command is. */
  readonly file?: string;
  /** What that is given in place of what a menu gives: commands of one file differ in it. */
  readonly given?: string;
  /** In title case, with … where something is asked before anything is done. */
  readonly title: string;
  /** One of VS Code's own (codicons). */
  readonly icon?: string;
  /** When the command palette offers it; false: only menus do. A condition of `when`. */
  readonly palette: string | false;
  /** Holds wherever it is offered, besides the condition of the place. */
  readonly only?: string;
  /** When it can be run at all; it stays visible, in grey. */
  readonly enablement?: string;
  /** It runs nothing of the repository's, and so may run where the folder is not trusted. */
  readonly runsUntrusted?: true;
  /** Its group in the title of the view, where it is offered as in the palette. */
  readonly viewTitle?: MenuGroup;
  /** Its group in a menu within another; `row`: the rows of the tree on which it is there. */
  readonly submenu?: { readonly key: SubmenuId; readonly group: MenuGroup; readonly row?: TreeRow };
  readonly editorTitle?: { readonly group: MenuGroup; readonly when: string };
  /** Rows of the tree that it is on, with its groups in their context menus; `inline` is a button on the row. */
  readonly rows?: Partial<Readonly<Record<TreeRow, readonly MenuGroup[]>>>;
  /** It works on all rows that are selected; others are not in the menu of several. */
  readonly takesMany?: true;
  /** A key that means the row that has the focus, or all that are selected where it takes many. */
  readonly rowKey?: { readonly key: string; readonly mac?: string };
  readonly keybinding?: { readonly key: string; readonly mac?: string; readonly when?: string };
}
