import { inProject, type DependencyProject } from '../../../src/core/dependencies/dependencyProject';
import type { BringOutcome, BringRequest, DependencyFolders } from '../../../src/core/ports/dependencyFolders';

/** Dependencies in memory: which folders have some. */
export class FakeDependencies implements DependencyFolders {
  /** By `worktree folder/project's folder`. */
  readonly there = new Set<string>();
  readonly links = new Set<string>();
  readonly clones: BringRequest[] = [];
  /** What a clone comes to, where the source has dependencies. */
  outcome: (request: BringRequest) => BringOutcome = ({ project }) => ({
    kind: 'cloned',
    folders: [inProject(project, project.tool.folder)],
    files: 2,
    bytes: 412_000_000,
  });
  notes: readonly string[] = [];
  free = 10_000_000_000;
  cost = 3_000_000;

  async isThere(worktree: string, project: DependencyProject): Promise<boolean> {
    return this.there.has(placeOf(worktree, project));
  }

  async isLink(worktree: string, project: DependencyProject): Promise<boolean> {
    return this.links.has(placeOf(worktree, project));
  }

  /** Why dependencies cannot be moved with their folder. */
  bound: string | undefined;
  async unbind(worktree: string, project: DependencyProject): Promise<string | undefined> {
    if (this.bound !== undefined) this.there.delete(placeOf(worktree, project));
    return this.bound;
  }

  async clone(request: BringRequest, signal: AbortSignal): Promise<BringOutcome> {
    signal.throwIfAborted();
    this.clones.push(request);
    if (!(await this.isThere(request.from, request.project))) return { kind: 'absent' };
    const outcome = this.outcome(request);
    if (outcome.kind === 'cloned') {
      this.there.add(placeOf(request.to, request.project));
      this.free -= this.cost;
    }
    return outcome;
  }

  async missing(): Promise<readonly string[]> {
    return this.notes;
  }

  async freeBytes(): Promise<number | undefined> {
    return this.free;
  }
}

function placeOf(worktree: string, project: DependencyProject): string {
  return `${worktree}/${inProject(project, project.tool.folder)}`;
}
