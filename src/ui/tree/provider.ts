import * as vscode from 'vscode';
import { changedRows } from './difference';
import { toItem } from './item';
import { emptyTree, type Tree } from './nodes';
import { toTreeItem } from './treeItem';

/** Shows the tree that it was last given. Its elements are the rows' ids, so that a command gets the row of now. */
export class WorktreesTree implements vscode.TreeDataProvider<string> {
  #tree: Tree = emptyTree;
  readonly #changes = new vscode.EventEmitter<undefined | string[]>();
  readonly onDidChangeTreeData = this.#changes.event;

  show(tree: Tree): void {
    const changed = changedRows(this.#tree, tree);
    this.#tree = tree;
    if (changed === 'all') this.#changes.fire(undefined);
    else if (changed.length > 0) this.#changes.fire([...changed]);
  }

  getTreeItem(id: string): vscode.TreeItem {
    const node = this.#tree.nodes.get(id);
    // The editor may ask once more for a row that has just gone.
    return node ? toTreeItem(toItem(node)) : new vscode.TreeItem('');
  }

  getChildren(id?: string): string[] {
    return [...(this.#tree.children.get(id) ?? [])];
  }

  getParent(id: string): string | undefined {
    return this.#tree.nodes.get(id)?.parent;
  }

  dispose(): void {
    this.#changes.dispose();
  }
}
