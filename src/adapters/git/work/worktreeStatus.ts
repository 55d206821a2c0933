import { dirname } from 'node:path';
import pLimit from 'p-limit';
import { AppError, isAbort, toAppError } from '../../../core/errors';
import type { Commit, Worktree, WorktreeStatus } from '../../../core/model';
import { abortError } from '../../exec/abort';
import { gitFailed, type Git } from '../program/git';
import type { ConfigEntry } from '../program/gitEnvironment';
import { parseStatus } from '../program/parseStatus';
import { groupsOf, groupStatus } from './groupStatus';
import { isNoCommit } from '../program/parseWorktreeList';
import { folderState } from '../files/paths';
import { RefreshOnce } from './refreshOnce';
import { repositoryFilters } from '../program/repositoryFilters';
import { statusConcurrency } from '../program/statusConcurrency';

const statusArguments = ['status', '--porcelain=v2', '--branch', '-z', '--untracked-files=normal'];
const commitFormat = '--format=tformat:%H%x00%cI%x00%s%x00';
const maxKnownCommits = 5000;
const preparedMs = 500;

/** Statuses of worktrees: so many at once, and each commit looked up once. */
export class WorktreeStatuses {
  readonly refreshOnce: RefreshOnce;
  readonly #limit = pLimit(statusConcurrency);
  /** Commits never change. */
  readonly #commits = new Map<string, Commit>();
  #prepared:
    | { readonly commonDir: string; readonly filters: ReturnType<typeof repositoryFilters>; readonly at: number }
    | undefined;

  constructor(private readonly git: Git) {
    this.refreshOnce = new RefreshOnce(git);
  }

  /** @throws notFound when the worktree's folder is gone */
  async one(worktree: Worktree, signal?: AbortSignal): Promise<WorktreeStatus> {
    return this.#limit(async () => {
      const { config } = await repositoryFilters(this.git, worktree.gitDir, signal);
      return this.#understand(worktree, await this.#output(worktree, config, signal), signal);
    });
  }

  /** Tracked files with changes, and untracked ones; folders end in a slash. @throws notFound when the worktree's folder is gone */
  async changedPaths(worktree: Worktree, signal?: AbortSignal): Promise<readonly string[]> {
    return this.#limit(async () => {
      const { config } = await repositoryFilters(this.git, worktree.gitDir, signal);
      const { changed, untracked } = parseStatus(await this.#output(worktree, config, signal));
      return [...changed, ...untracked];
    });
  }

  /** Reads ahead what `all` waits for at its begin. */
  prepare(commonDir: string): void {
    const filters = repositoryFilters(this.git, commonDir);
    // Whoever takes it hears of a failure.
    filters.catch(() => undefined);
    this.#prepared = { commonDir, filters, at: performance.now() };
  }

  /** All of one repository, each told as soon as it is known. @throws only the AbortError */
  async all(
    worktrees: readonly Worktree[],
    onStatus: (worktree: Worktree, result: WorktreeStatus | AppError) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    const first = worktrees[0];
    if (first === undefined) return;
    const heads = worktrees.map((worktree) => worktree.head);
    // First of all what everything else waits for.
    const filtering = this.#takePrepared(first) ?? repositoryFilters(this.git, first.gitDir, signal);
    const learned = this.#learn(first.gitDir, heads, signal).catch(() => undefined);
    const filters = await filtering;
    const tell = async (worktree: Worktree, read: () => Promise<string>): Promise<void> => {
      if (signal?.aborted) return;
      try {
        const output = await read();
        await learned;
        onStatus(worktree, await this.#understand(worktree, output, signal));
      } catch (error) {
        if (!isAbort(error)) onStatus(worktree, toAppError(error));
      }
    };
    const tellOne = (worktree: Worktree): Promise<void> =>
      tell(worktree, async () => {
        const own = filters.perWorktree ? await repositoryFilters(this.git, worktree.gitDir, signal) : filters;
        return this.#output(worktree, own.config, signal);
      });
    const tellGroup = async (group: readonly Worktree[]): Promise<void> => {
      const telling: Promise<void>[] = [];
      const told = filters.perWorktree
        ? 0
        : await groupStatus(
            this.git,
            group,
            statusArguments,
            filters.config,
            (worktree, output) => telling.push(tell(worktree, async () => output)),
            signal,
          );
      await Promise.all(telling);
      for (const worktree of group.slice(told)) await tellOne(worktree);
    };
    await Promise.all(groupsOf(worktrees).map((group) => this.#limit(() => tellGroup(group))));
    if (signal?.aborted) throw abortError(signal);
  }

  /** Once, and only while it is fresh: anybody may change the configuration. */
  #takePrepared({ gitDir, isMain }: Worktree): ReturnType<typeof repositoryFilters> | undefined {
    const prepared = this.#prepared;
    this.#prepared = undefined;
    if (prepared === undefined || performance.now() - prepared.at > preparedMs) return undefined;
    // A linked worktree's is `<common>/worktrees/<id>`.
    const commonDir = isMain ? gitDir : dirname(dirname(gitDir));
    return commonDir === prepared.commonDir ? prepared.filters : undefined;
  }

  async #output(worktree: Worktree, config: readonly ConfigEntry[], signal?: AbortSignal): Promise<string> {
    // Its parents are not asked: a folder that lost its `.git` must not answer with the repository around it.
    const env = { GIT_CEILING_DIRECTORIES: dirname(worktree.path) };
    try {
      return await this.git.run(worktree.path, statusArguments, { trust: 'read', signal, env, config });
    } catch (error) {
      if ((await folderState(worktree.path)) === 'absent') {
        throw new AppError('notFound', `The folder ${worktree.path} does not exist.`, { cause: error });
      }
      throw gitFailed(`No status of ${worktree.path}`, error);
    }
  }

  async #understand(worktree: Worktree, output: string, signal?: AbortSignal): Promise<WorktreeStatus> {
    const status = parseStatus(output);
    return {
      changed: status.changed.length,
      untracked: status.untracked.length,
      conflicts: status.conflicts.length,
      upstream: status.upstream,
      ahead: status.ahead,
      behind: status.behind,
      lastCommit: status.commit === undefined ? undefined : await this.#commit(worktree.gitDir, status.commit, signal),
    };
  }

  async #commit(gitDir: string, id: string, signal?: AbortSignal): Promise<Commit | undefined> {
    if (!this.#commits.has(id)) await this.#learn(gitDir, [id], signal);
    return this.#commits.get(id);
  }

  /** One command for all of them; a commit that is missing from a broken repository leaves the others to later. */
  async #learn(gitDir: string, ids: readonly string[], signal?: AbortSignal): Promise<void> {
    const unknown = [...new Set(ids)].filter((id) => !isNoCommit(id) && !this.#commits.has(id));
    if (unknown.length === 0) return;
    if (this.#commits.size + unknown.length > maxKnownCommits) this.#commits.clear();
    const argv = ['rev-list', '--no-walk=unsorted', commitFormat, '--stdin'];
    const output = await this.git.try(gitDir, argv, {
      trust: 'read',
      signal,
      input: `${unknown.join('\n')}\n`,
      env: { GIT_DIR: gitDir },
    });
    for (const [, id = '', date = '', subject = ''] of (output ?? '').matchAll(
      /^([0-9a-f]{40,64})\0([^\0]*)\0([^\0]*)\0$/gm,
    )) {
      this.#commits.set(id, { id, date, subject });
    }
  }
}
