import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, isAppError } from '../../core/errors';
import type { Repository, Worktree } from '../../core/model';
import type { AddSpare, ClaimSpare, Spare, SpareRecord, Spares } from '../../core/ports/spares';
import { parseSpareMark } from '../../core/worktrees/spareMark';
import { addSpare } from './spares/addSpare';
import { claimSpare } from './spares/claimSpare';
import { finishSpare, HookFailure } from './work/fillWorktree';
import { Git, gitFailed } from './program/git';
import { hiddenChanges, refuseStrangers } from './worktrees/losses';
import { operationsIn } from './work/operations';
import { parseStatus } from './program/parseStatus';
import { discardWorktree, restoreWorktree, setWorktreeAside, type IsMounted } from './worktrees/removeWorktree';
import { statusArguments } from './work/repositoryWork';
import { forgetSpare, lockReasonOf, readSpare, writeSpare } from './records/spareFiles';
import { filesOfFolder } from './work/uncommittedFiles';
import { WorktreeList } from './worktrees/worktreeList';

/** Worktrees that are made in advance, each known by the reason for which it is locked, and by a record in its git directory. */
export class GitSpares implements Spares {
  readonly #git: Git;
  readonly #list: WorktreeList;

  /** @param env what git inherits: `process.env` */
  constructor(
    env: Readonly<Record<string, string | undefined>>,
    private readonly isMounted: IsMounted = async () => false,
  ) {
    this.#git = new Git(env);
    this.#list = new WorktreeList(this.#git);
  }

  list(repository: Repository, signal?: AbortSignal): Promise<Spare[]> {
    return telling('The spare worktrees cannot be listed', async () => {
      const listed = await this.#list.list(repository, signal);
      const spares = listed.filter(({ spare }) => spare !== undefined);
      return Promise.all(spares.map(spareAt));
    });
  }

  add(repository: Repository, request: AddSpare, signal?: AbortSignal): Promise<Spare> {
    return telling(`The spare ${request.folder} was not made`, async () => {
      const worktree = await addSpare(this.#git, this.#list, repository, request, signal);
      return { worktree, record: request.record };
    });
  }

  finish(_: Repository, { worktree }: Spare, signal?: AbortSignal): Promise<void> {
    return telling(`The spare ${worktree.path} was not completed`, () =>
      finishSpare(this.#git, { ...worktree, beingMade: idOf(worktree) }, signal),
    );
  }

  write({ worktree }: Spare, record: SpareRecord): Promise<void> {
    return writeSpare(worktree, record);
  }

  digest(
    { root, commonDir }: Repository,
    commit: string,
    paths: readonly string[],
    signal?: AbortSignal,
  ): Promise<string> {
    return telling(`What ${commit} has cannot be read`, async () => {
      const argv = ['ls-tree', '-z', '--full-tree', commit, '--', ...paths];
      const said = paths.length === 0 ? '' : await this.#git.run(root, argv, { trust: 'read', signal });
      return createHash('sha256')
        .update(JSON.stringify([paths, said, ...(await this.#sparse(root, commonDir, signal))]))
        .digest('hex');
    });
  }

  /** A worktree is as sparse as the main one was when it was added. */
  async #sparse(root: string, commonDir: string, signal?: AbortSignal): Promise<string[]> {
    const patterns = await readFile(join(commonDir, 'info', 'sparse-checkout'), 'utf8').catch(() => undefined);
    if (patterns === undefined) return [];
    const argv = ['config', '--type=bool', 'core.sparseCheckout'];
    const isSparse = (await this.#git.try(root, argv, { trust: 'read', signal }))?.trim() === 'true';
    return isSparse ? [patterns] : [];
  }

  look({ worktree }: Spare, signal?: AbortSignal): Promise<{ ignored: readonly string[]; work: string[] }> {
    return telling(`It cannot be told what ${worktree.path} holds`, async () => {
      await refuseStrangers(worktree);
      const [output, operations] = await Promise.all([
        this.#git.run(worktree.path, statusArguments, { trust: 'check', signal }),
        operationsIn(this.#git, worktree.gitDir),
      ]);
      const { changed, untracked, ignored } = parseStatus(output);
      const hidden = await hiddenChanges(this.#git, worktree, signal);
      return { ignored: [...ignored].sort(), work: [...new Set([...changed, ...hidden]), ...untracked, ...operations] };
    });
  }

  async release({ worktree }: Spare): Promise<void> {
    await forgetSpare(worktree);
    if (parseSpareMark(await lockReasonOf(worktree))) await rm(join(worktree.gitDir, 'locked'), { force: true });
  }

  fingerprint({ worktree }: Spare, signal?: AbortSignal): Promise<string | undefined> {
    return telling(`It cannot be told what ${worktree.path} holds`, async () => {
      await refuseStrangers(worktree);
      if ((await operationsIn(this.#git, worktree.gitDir)).length > 0) return undefined;
      const { tree, leftOut } = await filesOfFolder(this.#git, worktree, signal);
      if (leftOut.length > 0) return undefined;
      // What is staged may say something else than its file.
      const staged = await this.#git.run(worktree.path, ['ls-files', '--stage', '-z'], { trust: 'read', signal });
      return createHash('sha256').update(`${tree}\0${staged}`).digest('hex');
    });
  }

  discard(repository: Repository, spare: Spare, signal?: AbortSignal): Promise<void> {
    const { worktree, record } = spare;
    return telling(`The spare ${worktree.path} was not removed`, async () => {
      // What a removal that was cut off has set aside would stay there for good.
      await restoreWorktree(this.#git, repository, worktree);
      const isAsLeft = record?.left !== undefined && (await this.fingerprint(spare, signal)) === record.left;
      const accepted = isAsLeft ? (['uncommitted', 'untracked'] as const) : [];
      const aside = await setWorktreeAside(this.#git, this.#list, repository, worktree, accepted, signal, {
        keepBranch: true,
      });
      await discardWorktree(this.#git, this.#list, repository, aside, this.isMounted);
    });
  }

  claim(
    repository: Repository,
    { worktree, record }: Spare,
    request: ClaimSpare,
    signal?: AbortSignal,
  ): Promise<Worktree> {
    return telling(`The spare ${worktree.path} was not claimed`, () => {
      if (!record) throw new AppError('bug', `The spare ${worktree.path} has no record.`);
      return claimSpare(this.#git, this.#list, repository, { worktree, record }, request, signal);
    });
  }
}

/** With the record only of this very spare: a git directory may have been copied. */
async function spareAt(worktree: Worktree): Promise<Spare> {
  try {
    const record = await readSpare(worktree);
    const isOf = record?.id === worktree.spare && record?.commit === worktree.head;
    return { worktree, record: isOf ? record : undefined };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { worktree, record: undefined, newer: error.message };
  }
}

function idOf({ spare, path }: Worktree): string {
  if (spare === undefined) throw new AppError('bug', `The worktree ${path} is no spare.`);
  return spare;
}

async function telling<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw gitFailed(what, error instanceof HookFailure ? error.failure : error);
  }
}
