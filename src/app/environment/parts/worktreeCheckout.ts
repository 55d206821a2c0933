import { isAppError } from '../../../core/errors';
import type { Identity, Worktree } from '../../../core/model';
import type { Making } from '../../../core/ports/worktrees';
import { ofBranch, ofWorktree } from '../begunPlace';
import type { PreparedCreate, PreparePorts } from '../create/prepareCreate';

/** The worktree of one create: checks it out, and takes it back. What taking back needs is noted before it is done. */
export class CreationWorktree {
  readonly #ports: Pick<PreparePorts, 'worktrees' | 'identities' | 'paths'>;
  readonly #prepared: PreparedCreate;
  /** Where this run adds a worktree. */
  #addingAt: string | undefined;
  #worktree: Worktree | undefined;
  #wroteIdentity = false;

  constructor(ports: Pick<PreparePorts, 'worktrees' | 'identities' | 'paths'>, prepared: PreparedCreate) {
    this.#ports = ports;
    this.#prepared = prepared;
  }

  /** undefined until it was checked out. */
  get worktree(): Worktree | undefined {
    return this.#worktree;
  }

  /** Adds the worktree unless there is one, and records the identity in it. */
  async checkOut(identity: Identity, signal: AbortSignal): Promise<Worktree> {
    const { target, folderOf, repository } = this.#prepared;
    const record = async (worktree: Worktree): Promise<void> => {
      this.#wroteIdentity = true;
      await this.#ports.identities.write(worktree, identity);
      await this.#forgetBegun(worktree);
    };
    if (target.kind === 'worktree') {
      this.#worktree = target.worktree;
      await record(target.worktree);
      if (target.worktree.beingMade !== undefined)
        this.#worktree = await this.#ports.worktrees.finish(repository, target.worktree, signal);
      return this.#worktree;
    }
    this.#worktree = await this.#add(folderOf(identity.names.slug), { id: identity.owner.worktreeId, record }, signal);
    return this.#worktree;
  }

  /** From now on the record says what is its own. */
  async #forgetBegun(worktree: Worktree): Promise<void> {
    const { repository, target } = this.#prepared;
    for (const place of [ofBranch(repository, target.ref), ofWorktree(worktree)])
      await this.#ports.identities.removeBegun(place);
  }

  /** @returns what was kept, undefined when nothing was */
  async takeBack(identity: Identity | undefined, signal: AbortSignal): Promise<string | undefined> {
    const { worktrees, identities } = this.#ports;
    const { target, repository, recorded } = this.#prepared;
    const worktree = this.#worktree ?? (await this.#findAdded(signal));
    if (!worktree || !identity) return undefined;
    if (this.#addingAt === undefined) {
      if (this.#wroteIdentity) await (recorded ? identities.write(worktree, recorded) : identities.remove(worktree));
      return undefined;
    }
    try {
      // A branch that was there before stays, and with it the commits that only it has.
      await worktrees.remove(repository, worktree, [], signal, { keepBranch: target.kind === 'existing' });
    } catch (error) {
      if (!isAppError(error, 'conflict')) throw error;
      // With its record, so that the next create goes on with it instead of finding its branch taken.
      await identities.write(worktree, identity);
      return `the worktree ${worktree.path}, which has files in it that a removal would lose`;
    }
    if (target.kind === 'new' || target.kind === 'tracking')
      await worktrees.deleteBranch(repository, target.branch, target.commit);
    else if (identity.createdBranch) return `the branch ${target.branch}, made by an earlier try`;
    return undefined;
  }

  async #add(folder: string, making: Making, signal: AbortSignal): Promise<Worktree> {
    const { worktrees } = this.#ports;
    const { target, repository } = this.#prepared;
    const { branch } = target;
    this.#addingAt = folder;
    try {
      if (target.kind === 'new')
        return await worktrees.add(repository, { kind: 'new', folder, making, branch, base: target.commit }, signal);
      if (target.kind === 'tracking') {
        const { remoteBranch } = target;
        return await worktrees.add(repository, { kind: 'tracking', folder, making, branch, remoteBranch }, signal);
      }
      return await worktrees.add(repository, { kind: 'existing', folder, making, branch }, signal);
    } catch (error) {
      // Refused: what is in that place now is somebody else's.
      if (isAppError(error, 'conflict') || isAppError(error, 'invalidInput')) this.#addingAt = undefined;
      throw error;
    }
  }

  /** A worktree that was added although adding it failed. */
  async #findAdded(signal: AbortSignal): Promise<Worktree | undefined> {
    const { worktrees, paths } = this.#ports;
    const { target, repository } = this.#prepared;
    const folder = this.#addingAt;
    if (folder === undefined) return undefined;
    const listed = await worktrees.list(repository, signal);
    return listed.find(
      ({ path, branch }) => branch === target.branch && paths.contains(path, folder) && paths.contains(folder, path),
    );
  }
}
