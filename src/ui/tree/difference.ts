import { toItem } from './item';
import type { Tree } from './nodes';

/** What the editor has to draw anew: everything, or rows by their ids (a row whose children came or went stands for them). */
export function changedRows(before: Tree, after: Tree): 'all' | readonly string[] {
  if (!sameIds(before.children.get(undefined), after.children.get(undefined))) return 'all';
  const changed: string[] = [];
  for (const [id, node] of after.nodes) {
    if (node.parent !== undefined && changed.includes(node.parent)) continue;
    const previous = before.nodes.get(id);
    // A row that is new is drawn with its parent, whose list of children differs.
    if (!previous) continue;
    const isSame =
      previous === node ||
      (JSON.stringify(toItem(previous)) === JSON.stringify(toItem(node)) &&
        sameIds(before.children.get(id), after.children.get(id)));
    if (!isSame) changed.push(id);
  }
  return changed;
}

function sameIds(one: readonly string[] = [], other: readonly string[] = []): boolean {
  return one.length === other.length && one.every((id, index) => id === other[index]);
}
