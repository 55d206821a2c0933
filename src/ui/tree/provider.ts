import * as vscode from 'vscode';
import type { EnvironmentUsage } from '../../core/ports/usages';
import { changedRows } from './difference';
import { toItem, type TooltipLine } from './item';
import { emptyTree, type Tree, type TreeNode } from './nodes';
import { toMarkdown, toTreeItem } from './treeItem';

/** What the environment in a namespace uses now; undefined: nobody tells. */
export type UsageOf = (namespace: string) => Promise<EnvironmentUsage | undefined>;

/** Shows the tree that it was last given. Its elements are the rows' ids, so that a command gets the row of now. */
export class WorktreesTree implements vscode.TreeDataProvider<string> {
  #tree: Tree = emptyTree;
  readonly #usageOf: UsageOf;
  readonly #changes = new vscode.EventEmitter<undefined | string[]>();
  readonly onDidChangeTreeData = this.#changes.event;

  /** @param usageOf asked when a person points at a row, and only then */
  constructor(usageOf: UsageOf = async () => undefined) {
    this.#usageOf = usageOf;
  }

  show(tree: Tree): void {
    const changed = changedRows(this.#tree, tree);
    this.#tree = tree;
    if (changed === 'all') this.#changes.fire(undefined);
    else if (changed.length > 0) this.#changes.fire([...changed]);
  }

  getTreeItem(id: string): vscode.TreeItem {
    const node = this.#tree.nodes.get(id);
    // The editor may ask once more for a row that has just gone.
    if (!node) return new vscode.TreeItem('');
    const item = toTreeItem(toItem(node));
    // The editor asks for a tooltip only where there is none yet.
    if (namespaceOf(node) !== undefined) item.tooltip = undefined;
    return item;
  }

  async resolveTreeItem(item: vscode.TreeItem, id: string): Promise<vscode.TreeItem> {
    const node = this.#tree.nodes.get(id);
    const namespace = node && namespaceOf(node);
    if (!node || namespace === undefined) return item;
    const usage = await this.#usageOf(namespace).catch(() => undefined);
    item.tooltip = toMarkdown([...toItem(node).tooltip, ...usageLines(usage)]);
    return item;
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

/** Of a worktree's row whose environment runs something. */
function namespaceOf(node: TreeNode): string | undefined {
  if (node.kind !== 'worktree') return undefined;
  const { environment } = node.entry;
  return environment?.services.some(({ desired }) => desired > 0) ? environment.namespace : undefined;
}

function usageLines(usage: EnvironmentUsage | undefined): TooltipLine[] {
  if (!usage) return [];
  const memory = `${Math.round(usage.memoryBytes / 2 ** 20)} MiB`;
  return [['Uses', `${memory} of memory, ${usage.cpuCores.toFixed(2)} processors`]];
}
