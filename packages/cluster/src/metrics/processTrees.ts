import type { ProcessEntry } from './processEntry';

export interface TreeUsage {
  cpuSeconds: number;
  memoryBytes: number;
}

/**
 * What the process `root` uses with all its descendants and all of its process group: a descendant may have left the group, a
 * member of the group may have lost its parent. Undefined when there is no such process any more.
 */
export class ProcessTrees {
  private readonly byPid = new Map<number, ProcessEntry>();
  private readonly children = new Map<number, ProcessEntry[]>();
  private readonly members = new Map<number, ProcessEntry[]>();

  constructor(entries: readonly ProcessEntry[]) {
    for (const entry of entries) {
      this.byPid.set(entry.pid, entry);
      listIn(this.children, entry.parent).push(entry);
      if (entry.group !== undefined) listIn(this.members, entry.group).push(entry);
    }
  }

  usageOf(root: number): TreeUsage | undefined {
    const first = this.byPid.get(root);
    if (!first) return undefined;
    const tree = new Set([first, ...(this.members.get(root) ?? [])]);
    // A set is walked over what is added to it meanwhile, too.
    for (const entry of tree) {
      for (const child of this.children.get(entry.pid) ?? []) if (isChild(child, entry)) tree.add(child);
    }
    const usage = { cpuSeconds: 0, memoryBytes: 0 };
    for (const { cpuSeconds, memoryBytes } of tree) {
      usage.cpuSeconds += cpuSeconds;
      usage.memoryBytes += memoryBytes;
    }
    return usage;
  }
}

/** Windows keeps the number of a parent that has ended, which another process may have got by now. */
function isChild(child: ProcessEntry, parent: ProcessEntry): boolean {
  return child.started === undefined || parent.started === undefined || child.started >= parent.started;
}

function listIn(map: Map<number, ProcessEntry[]>, key: number): ProcessEntry[] {
  const found = map.get(key) ?? [];
  map.set(key, found);
  return found;
}
