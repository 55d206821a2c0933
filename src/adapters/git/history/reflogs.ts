import { errorCode } from '@coppice/host/errorCode';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AppError } from '../../../core/errors';
import type { Git } from '../program/git';
import { isNoCommit } from '../program/parseWorktreeList';
import { platformPath } from '../files/paths';
import { logInTables, parseLog, type LoggedMove } from './refTables';

/** The reflogs of a git directory: git keeps them in files, or in tables that only it reads. */
export class Reflogs {
  /** By ref: a branch is asked for with each of its rebases. */
  readonly #read = new Map<string, Promise<readonly LoggedMove[]>>();

  constructor(
    private readonly git: Git,
    private readonly gitDir: string,
    readonly hasTables: boolean,
    private readonly signal?: AbortSignal,
  ) {}

  /**
   * Where a HEAD was that went elsewhere without taking its commits along, oldest first, and where it is by its log: what was amended,
   * reset away or rebased itself was replaced on purpose.
   */
  async left(): Promise<string[]> {
    const moves = await this.#moves('HEAD');
    if (moves.length === 0 && this.hasTables) return this.#inAnyTable();
    const left: string[] = [];
    let last: string | undefined;
    for (const [index, { from, to, said }] of moves.entries()) {
      // A switch to a branch without a commit is not written down.
      if (last !== undefined && last !== from) left.push(last);
      const [, moved] = leaving.exec(said) ?? [];
      if (moved !== undefined) left.push(moved);
      // Programs that write HEAD themselves (git-symbolic-ref(1)) mostly do not say why.
      else if (said === '' && from !== to) left.push(from);
      else if (from !== to && rebasing.test(said) && !(await this.#isReplaced(from, moves.slice(index + 1)))) {
        left.push(from);
      }
      last = to;
    }
    return [...left, ...(last === undefined ? [] : [last])].filter((id) => !isNoCommit(id));
  }

  /**
   * Whether it was a branch that the rebase went on from there with: of another (`git rebase main topic`) it leaves what was checked out
   * as a switch does. One of a detached HEAD does not say so at its end; then what it has made is compared.
   */
  async #isReplaced(id: string, later: readonly LoggedMove[]): Promise<boolean> {
    for (const { to, said } of later) {
      if (leaving.test(said) || rebasing.test(said)) return false;
      if (/\(abort\)/.test(said)) return to === id;
      const [, branch] = finished.exec(said) ?? [];
      if (branch !== undefined) return this.#wasAt(branch, id);
    }
    return false;
  }

  /** The branch may be called otherwise since, and be the one that is checked out. */
  async #wasAt(branch: string, id: string): Promise<boolean> {
    const head = await readFile(join(this.gitDir, 'HEAD'), 'utf8').catch(() => '');
    const now = /^ref: (refs\/heads\/.+)$/m.exec(head)?.[1];
    for (const ref of new Set([branch, ...(now === undefined ? [] : [now])])) {
      if ((await this.#moves(ref)).some(({ from, to }) => from === id || to === id)) return true;
    }
    return false;
  }

  /** Oldest first. */
  #moves(ref: string): Promise<readonly LoggedMove[]> {
    const known = this.#read.get(ref) ?? (this.hasTables ? this.#inTables(ref) : this.#inFile(ref));
    this.#read.set(ref, known);
    return known;
  }

  async #inFile(ref: string): Promise<LoggedMove[]> {
    const folder = ref === 'HEAD' ? this.gitDir : await commonDirOf(this.gitDir);
    const file = join(folder, 'logs', ...ref.split('/'));
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      const code = errorCode(error);
      // Where it was are logs of branches that are called below it, once it is gone.
      if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return '';
      if (code === undefined) throw error;
      throw new AppError(
        'denied',
        `${file} cannot be read (${code}), so that nobody can tell what would be lost. Make it readable first.`,
        { cause: error },
      );
    });
    return parseLog(text);
  }

  /** Of a HEAD on a branch without a commit git tells no log that is in tables: then it may have been at whatever any log has. */
  async #inAnyTable(): Promise<string[]> {
    const argv = ['rev-list', '--reflog', '--single-worktree', '--no-walk=unsorted', '--ignore-missing'];
    const options = { trust: 'check', signal: this.signal, env: { GIT_DIR: this.gitDir } } as const;
    const output = await this.git.try(this.gitDir, argv, options);
    return (output ?? '')
      .split('\n')
      .filter((id) => id !== '')
      .toReversed();
  }

  async #inTables(ref: string): Promise<LoggedMove[]> {
    return parseLog(await logInTables(this.git, this.gitDir, ref, this.signal));
  }
}

const leaving = /^checkout: moving from ([0-9a-f]{40,64}) to /;
/** Of `git rebase`, and of `git pull --rebase`; git before 2.26 wrote no step, as now where there is nothing to rebase. */
const rebasing = /\(start\): checkout |^rebase\b[^:]*: checkout /;
const finished = /(?:\(finish\)|^rebase finished): returning to (refs\/heads\/.+)$/;

/** Of a linked worktree's git directory that of its repository, and of any other itself. */
async function commonDirOf(gitDir: string): Promise<string> {
  const text = await readFile(join(gitDir, 'commondir'), 'utf8').catch(() => undefined);
  return text === undefined ? gitDir : resolve(gitDir, platformPath(text.trim()));
}
