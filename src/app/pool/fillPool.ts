import { isAppError } from '../../core/errors';
import type { Repository } from '../../core/model';
import type { Spare, SpareRecord } from '../../core/ports/spares';
import { spareSlug } from '../../core/worktrees/spareMark';
import type { Run, UseCase } from '../run/run';
import { withLock } from '../run/withLock';
import { worktreeFolder } from '../worktrees/worktreeFolder';
import { installSpare } from './installSpare';
import { isUntouched, lookAtSpare } from '../spares/lookAtSpare';
import { spareLock } from '../spares/spareLock';
import { poolLock, type PoolPorts } from './poolPorts';
import { decidingPaths, isOfLockfiles, spareDependencies, type SpareDependencies } from '../spares/spareDependencies';
import { whyNoRoom } from './whyNoRoom';

export interface FillRequest {
  /** Any in the repository. */
  readonly folder: string;
  /** For how many seconds it waits for the machine to have room; 0: not at all. */
  readonly patience: number;
}

export interface FilledPool {
  /** Folders. */
  readonly made: readonly string[];
  readonly removed: readonly string[];
  /** Those that somebody works in: they are worktrees like any other now. */
  readonly released: readonly string[];
  /** Why it is not full, or what keeps one from being one again. */
  readonly why?: string;
}

/** What spares are made of now. */
interface Wanted {
  readonly repository: Repository;
  readonly base: string;
  readonly commit: string;
  readonly dependencies: SpareDependencies;
  readonly digest: string;
  /** git moves no worktree with submodules. */
  readonly hasSubmodules: boolean;
}

const lookMs = 2_000;
const mostFolders = 20;
/** How often it goes after a branch that moves while it is at work. */
const mostRounds = 3;

/**
 * Makes as many spares as the setting says, and takes those away that do not fit any more: made of other lockfiles, too many, cut off.
 * One that somebody works in is let go, and never removed.
 *
 * @throws conflict while another one fills or empties it
 */
export function fillPool(ports: PoolPorts): UseCase<FillRequest, FilledPool> {
  return async ({ folder, patience }, run) => {
    const { worktrees, locks } = ports;
    const repository = await worktrees.recordRepository(await worktrees.repository(folder, run.signal));
    return withLock(locks, poolLock(repository), 'spare worktrees are being made', async () => {
      const [left] = await worktrees.recover(repository);
      let wanted = await wantedNow(ports, repository, run.signal);
      let filled = await new Filling(ports, wanted, patience, run).run();
      // Who heard of it meanwhile found this one at it.
      for (let more = mostRounds - 1; more > 0 && filled.made.length > 0; more--) {
        const before = wanted.commit;
        wanted = await wantedNow(ports, repository, run.signal);
        if (wanted.commit === before) break;
        filled = both(filled, await new Filling(ports, wanted, patience, run).run());
      }
      return left && filled.why === undefined ? { ...filled, why: left.why } : filled;
    });
  };
}

/** Of the commit that a create would start from. */
export async function wantedNow(ports: PoolPorts, repository: Repository, signal: AbortSignal): Promise<Wanted> {
  const { worktrees, spares, settings } = ports;
  const start = await worktrees.startPoint(repository, settings()['worktree.base'] || undefined, signal);
  const dependencies = await spareDependencies(ports, repository, start.commit, signal);
  const digest = await spares.digest(repository, start.commit, decidingPaths(dependencies.lockfiles), signal);
  const hasSubmodules = (await worktrees.kindAt(repository, start.commit, '.gitmodules', signal)) !== undefined;
  return { repository, base: start.name, commit: start.commit, dependencies, digest, hasSubmodules };
}

/** Whether a create that starts there may have it; one that is not fit: whether another would be no better. */
export function isFor(record: SpareRecord, { commit, digest }: Pick<Wanted, 'commit' | 'digest'>): boolean {
  if (record.digest !== digest) return false;
  return record.commit === commit || (record.state !== 'unfit' && isOfLockfiles(record));
}

function both(first: FilledPool, second: FilledPool): FilledPool {
  return {
    ...second,
    made: [...first.made.filter((folder) => !second.removed.includes(folder)), ...second.made],
    removed: [...first.removed, ...second.removed.filter((folder) => !first.made.includes(folder))],
    released: [...first.released, ...second.released],
  };
}

class Filling {
  readonly #made: string[] = [];
  readonly #removed: string[] = [];
  readonly #released: string[] = [];
  #why: string | undefined;

  constructor(
    private readonly ports: PoolPorts,
    private readonly wanted: Wanted,
    private readonly patience: number,
    private readonly asked: Run,
  ) {}

  async run(): Promise<FilledPool> {
    const { hasSubmodules } = this.wanted;
    const wanted = this.ports.settings()['pool.size'];
    const size = hasSubmodules ? 0 : wanted;
    if (hasSubmodules && wanted > 0)
      this.#why = 'none is made, because the repository has submodules: git moves no worktree that has some';
    const left = new Set<string | undefined>();
    for (const spare of await this.ports.spares.list(this.wanted.repository, this.asked.signal))
      if (await this.#settle(spare, left.size < size)) left.add(spare.worktree.spare);
    // Whatever makes work of what an install leaves does so again.
    if (this.#released.length === 0)
      while ((await this.#stillThere(left)) < size && (await this.#hasRoom())) left.add(await this.#make());
    const why = this.#why === undefined ? {} : { why: this.#why };
    return { made: this.#made, removed: this.#removed, released: this.#released, ...why };
  }

  /** Creates claim some meanwhile, and whoever would make others for them finds this one at it. */
  async #stillThere(ids: ReadonlySet<string | undefined>): Promise<number> {
    const listed = await this.ports.spares.list(this.wanted.repository, this.asked.signal);
    return listed.filter(({ worktree }) => ids.has(worktree.spare)).length;
  }

  /** @returns whether it is one of the pool afterwards */
  async #settle(spare: Spare, isWanted: boolean): Promise<boolean> {
    const { record, worktree } = spare;
    if (spare.newer !== undefined) return true;
    try {
      return await withLock(this.ports.locks, spareLock(worktree.spare ?? ''), 'a spare is looked after', async () => {
        if (record && record.repositoryId !== this.wanted.repository.id) return false;
        if (record?.state === 'making' && worktree.prunable === undefined) return await this.#goOn(spare, isWanted);
        const look = await lookAtSpare(this.ports, spare, this.asked.signal);
        if (record?.state !== 'unfit' && look.work.length > 0) return await this.#letGo(spare);
        if (!isUntouched(look)) return true;
        const fits = isWanted && worktree.prunable === undefined && record && isFor(record, this.wanted);
        if (!fits) return await this.#remove(spare);
        // What was not approved may be by now, and what failed may work.
        const lacks = record.has === 'checkout' && record.state === 'ready' && !record.isBound;
        if (!lacks || this.wanted.dependencies.lockfiles.length === 0) return true;
        // Killed from now on, what is in it is nobody's work.
        await this.ports.spares.write(spare, { ...record, state: 'making' });
        await this.#install(spare, record);
        return true;
      });
    } catch (error) {
      // It is being claimed.
      if (isAppError(error, 'conflict')) return false;
      throw error;
    }
  }

  async #letGo(spare: Spare): Promise<boolean> {
    await this.ports.spares.release(spare);
    this.#released.push(spare.worktree.path);
    return false;
  }

  async #remove(spare: Spare): Promise<boolean> {
    try {
      await this.ports.spares.discard(this.wanted.repository, spare, this.asked.signal);
      this.#removed.push(spare.worktree.path);
      return false;
    } catch (error) {
      // What a removal would lose is somebody's.
      if (!isAppError(error, 'conflict')) throw error;
      return this.#letGo(spare);
    }
  }

  /** One that was cut off. */
  async #goOn(spare: Spare, isWanted: boolean): Promise<boolean> {
    const { record, worktree } = spare;
    const { repository } = this.wanted;
    if (!record) return this.#remove(spare);
    await this.ports.spares.finish(repository, spare, this.asked.signal);
    if (!isWanted || record.digest !== this.wanted.digest) return this.#remove(spare);
    await this.#install(spare, record);
    this.#made.push(worktree.path);
    return true;
  }

  /** @returns its id */
  async #make(): Promise<string> {
    const { ports, wanted } = this;
    const { repository, commit, digest } = wanted;
    const folder = await this.#freeFolder();
    const id = ports.newId();
    const record: SpareRecord = {
      ...{ version: 1, id, repositoryId: repository.id, commit, digest },
      ...{ state: 'making', has: 'checkout', ignored: [] },
    };
    this.#tell(folder, 'running');
    await withLock(ports.locks, spareLock(id), 'a spare is being made', async () => {
      const spare = await ports.spares.add(repository, { folder, record }, this.asked.signal);
      await this.#install(spare, record);
    });
    this.#made.push(folder);
    this.#tell(folder, 'done');
    return id;
  }

  async #install(spare: Spare, record: SpareRecord): Promise<void> {
    const { ports, wanted, asked } = this;
    const tell = (line: string): void => this.#tell(spare.worktree.path, 'running', line);
    const { repository, dependencies, base } = wanted;
    const { why, isBound } = await installSpare(ports, repository, spare, dependencies, base, tell, asked.signal);
    const { ignored, work } = await ports.spares.look(spare, asked.signal);
    const left = work.length > 0 ? await ports.spares.fingerprint(spare, asked.signal) : undefined;
    const { why: _, left: __, isBound: ___, ...known } = record;
    const changed = `what was installed has changed what git looks at: ${work.slice(0, 3).join(', ')}`;
    const told = work.length > 0 ? changed : why;
    await ports.spares.write(spare, {
      ...known,
      ...{ state: work.length > 0 ? 'unfit' : 'ready', has: why === undefined ? 'dependencies' : 'checkout', ignored },
      ...(told === undefined ? {} : { why: told }),
      ...(left === undefined ? {} : { left }),
      ...(isBound ? { isBound } : {}),
    });
  }

  async #freeFolder(): Promise<string> {
    const { worktrees, paths, settings } = this.ports;
    const { repository } = this.wanted;
    for (let number = 1; ; number++) {
      const folder = worktreeFolder(paths, repository, spareSlug(number), settings()['worktree.folder']);
      try {
        await worktrees.checkFolder(repository, folder, this.asked.signal);
        return folder;
      } catch (error) {
        if (!isAppError(error, 'conflict') || number === mostFolders) throw error;
      }
    }
  }

  async #hasRoom(): Promise<boolean> {
    const until = this.ports.clock.now() + this.patience * 1000;
    for (;;) {
      const why = await whyNoRoom(this.ports);
      if (why === undefined) return true;
      if (this.ports.clock.now() + lookMs > until) {
        this.#why = `not all are made, because ${why}`;
        return false;
      }
      await new Promise((resolve) => setTimeout(resolve, lookMs));
      this.asked.signal.throwIfAborted();
    }
  }

  #tell(folder: string, state: 'running' | 'done', detail = folder): void {
    const title = 'Make a spare worktree';
    this.asked.report({
      step: 'spare',
      title,
      state,
      detail,
      finished: this.#made.length,
      total: this.#made.length + 1,
    });
  }
}
