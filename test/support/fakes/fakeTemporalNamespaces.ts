import { AppError } from '../../../src/core/errors';
import { isSameOwner } from '../../../src/core/clusters/isSameOwner';
import type { Owner } from '../../../src/core/model';
import type { ReachNamespace, TemporalNamespaces } from '../../../src/core/ports/temporalNamespaces';

/** A server with namespaces in memory. */
export class FakeTemporalNamespaces implements TemporalNamespaces {
  /** There is no program. */
  isMissing = false;
  /** Whether it was started, or is somebody's who started it. */
  runs = false;
  readonly held = new Map<string, { owner: Owner | 'foreign'; workflows: number }>();
  /** Folders in which no program was to be taken. */
  worktrees: readonly string[] = [];

  async verify(worktrees: readonly string[]): Promise<void> {
    this.worktrees = worktrees;
    if (this.isMissing) throw new AppError('missingTool', 'There is no program temporal on this machine.');
  }

  async connect(worktrees: readonly string[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await this.verify(worktrees);
    this.runs = true;
  }

  async answers(): Promise<boolean> {
    return this.runs;
  }

  async owner(namespace: string): Promise<Owner | 'foreign' | undefined> {
    this.#verifyRuns();
    return this.held.get(namespace)?.owner;
  }

  async register(namespace: string, owner: Owner): Promise<'registered' | 'found'> {
    this.#verifyRuns();
    const found = this.held.get(namespace);
    if (found) {
      this.#refuseOther(namespace, owner);
      return 'found';
    }
    this.held.set(namespace, { owner, workflows: 0 });
    return 'registered';
  }

  /** Why the server cannot be asked on which namespaces were registered. */
  trouble: string | undefined;

  async reach(_namespace: string, { waits, worktrees }: ReachNamespace): Promise<string | undefined> {
    this.worktrees = worktrees;
    if (this.trouble !== undefined) return this.trouble;
    if (waits) this.runs = true;
    return this.runs ? undefined : 'Temporal does not answer';
  }

  async owners(namespace: string): Promise<readonly (Owner | 'foreign')[]> {
    const holder = this.trouble === undefined ? await this.owner(namespace) : undefined;
    return holder === undefined ? [] : [holder];
  }

  async workflows(namespace: string): Promise<number> {
    if (this.trouble !== undefined) return 0;
    this.#verifyRuns();
    return this.held.get(namespace)?.workflows ?? 0;
  }

  async withdraw(namespace: string, owner: Owner): Promise<void> {
    await this.remove(namespace, owner);
  }

  async remove(namespace: string, owner: Owner, _signal?: AbortSignal, leaves = false): Promise<string | undefined> {
    if (this.trouble !== undefined && leaves) return this.trouble;
    if (this.trouble !== undefined) throw new AppError('unreachable', this.trouble);
    this.#verifyRuns();
    if (!this.held.has(namespace)) return undefined;
    this.#refuseOther(namespace, owner);
    this.held.delete(namespace);
    return undefined;
  }

  #verifyRuns(): void {
    if (!this.runs) throw new AppError('failed', 'Temporal does not answer.');
  }

  #refuseOther(namespace: string, owner: Owner): void {
    const holder = this.held.get(namespace)?.owner;
    if (holder === undefined || (holder !== 'foreign' && isSameOwner(holder, owner))) return;
    throw new AppError('conflict', `The namespace ${namespace} in Temporal belongs to another environment.`);
  }
}
