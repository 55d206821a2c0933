import { constants, type Stats } from 'node:fs';
import {
  chmod,
  copyFile,
  lstat,
  lutimes,
  mkdir,
  readdir,
  readFile,
  readlink,
  realpath,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { StaysBehind } from '../../core/dependencies/leftOutOf';
import { errorCode } from '@coppice/host/errorCode';
import { longestShim, unboundShim } from './unboundShim';

export interface CloneOptions {
  /** The worktree that the folder is in, and the one that it comes into. */
  readonly fromRoot: string;
  readonly toRoot: string;
  /** Where the folder will be at last, beneath `toRoot`: links are judged by that. */
  readonly finally: string;
  readonly leftOut: StaysBehind;
  readonly onProgress?: ((files: number) => void) | undefined;
}

export interface ClonedTree {
  readonly files: number;
  readonly bytes: number;
  /** What says of an addon that was compiled for which Node.js: absolute, in the source. */
  readonly addons: readonly string[];
}

type Work = () => Promise<void>;

interface ClonedFolder {
  readonly from: string;
  readonly to: string;
  readonly found: Stats;
}

/** Why a tree was not cloned; what there is of it by then is to be thrown away. */
export class NotCloned extends Error {
  constructor(
    readonly reason: 'unsupported' | 'changed' | 'leadsOut',
    /** Of the source, relative to its worktree. */
    readonly path: string,
  ) {
    super(`${reason}: ${path}`);
  }
}

/** What file systems say that have no clones, or none between these two places. */
const unsupportedCodes = new Set(['ENOTSUP', 'EOPNOTSUPP', 'EXDEV', 'EINVAL', 'ENOSYS', 'ENOTTY', 'EPERM']);
/** Node.js calls the system with four threads: more at once only keeps them busy. */
const concurrency = 16;
const progressMs = 500;

/**
 * Clones a folder with all that is in it, block by block shared: modes and times stay, links keep their text.
 *
 * @throws NotCloned, and the AbortError; nothing is at work in it any more then
 */
export async function cloneTree(
  from: string,
  to: string,
  options: CloneOptions,
  signal: AbortSignal,
): Promise<ClonedTree> {
  return new Cloning(from, to, options, signal).run();
}

class Cloning {
  /** Each after the one that it lies in. */
  readonly #folders: ClonedFolder[] = [];
  readonly #addons: string[] = [];
  #files = 0;
  #bytes = 0;
  #progressAt = performance.now() + progressMs;

  constructor(
    private readonly from: string,
    private readonly to: string,
    private readonly options: CloneOptions,
    private readonly signal: AbortSignal,
  ) {}

  async run(): Promise<ClonedTree> {
    const pending: Work[] = [() => this.#folder('', pending)];
    await drained(pending, this.signal);
    // Times of folders last, since each new entry changes them.
    for (const folder of this.#folders.reverse()) await this.#finish(folder);
    return { files: this.#files, bytes: this.#bytes, addons: this.#addons };
  }

  async #folder(inner: string, pending: Work[]): Promise<void> {
    const [from, to] = [join(this.from, inner), join(this.to, inner)];
    const found = await this.#reading(from, () => lstat(from));
    const entries = await this.#reading(from, () => readdir(from, { withFileTypes: true }));
    await mkdir(to);
    this.#folders.push({ from, to, found });
    for (const entry of entries) {
      const path = join(inner, entry.name);
      if (this.options.leftOut(path.split(sep).join('/'), entry.isDirectory())) continue;
      if (entry.isDirectory()) pending.push(() => this.#folder(path, pending));
      else if (entry.isSymbolicLink()) pending.push(() => this.#link(path));
      // Sockets and pipes belong to a program that runs.
      else if (entry.isFile()) pending.push(() => this.#file(path, entry.name));
    }
  }

  async #file(inner: string, name: string): Promise<void> {
    const [from, to] = [join(this.from, inner), join(this.to, inner)];
    const found = await this.#reading(from, () => lstat(from));
    const mode = constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL;
    await this.#reading(from, () => copyFile(from, to, mode));
    if (basename(dirname(from)) === '.bin') await this.#program(from, to, found);
    await utimes(to, found.atimeMs / 1000, found.mtimeMs / 1000);
    if (name === 'config.gypi') this.#addons.push(from);
    this.#count(found.size);
  }

  /** One that names the checkout that it was made in would run that one's code. */
  async #program(from: string, to: string, { size, mode }: Stats): Promise<void> {
    if (size > longestShim) return;
    const text = await readFile(to, 'utf8');
    const { fromRoot } = this.options;
    const roots = [...new Set([fromRoot, await realpath(fromRoot)])];
    if (!roots.some((root) => text.includes(root))) return;
    const said = unboundShim(text, relative(fromRoot, from).split(sep).join('/'), roots);
    if (said === undefined) throw new NotCloned('leadsOut', this.#name(from));
    await writeFile(to, said, { mode });
  }

  async #link(inner: string): Promise<void> {
    const [from, to] = [join(this.from, inner), join(this.to, inner)];
    const found = await this.#reading(from, () => lstat(from));
    const text = await this.#reading(from, () => readlink(from));
    if (await this.#leadsOut(text, inner)) throw new NotCloned('leadsOut', this.#name(from));
    await symlink(text, to);
    await lutimes(to, found.atimeMs / 1000, found.mtimeMs / 1000);
    this.#count(0);
  }

  /** Into another checkout, or from another place to somewhere else than from here. */
  async #leadsOut(text: string, inner: string): Promise<boolean> {
    const { fromRoot, toRoot } = this.options;
    // The same checkout may have been called by another path when the link was made.
    if (isAbsolute(text))
      return isIn(fromRoot, resolve(text)) || isIn(await realpath(fromRoot), await existingPath(resolve(text)));
    return !isIn(toRoot, resolve(dirname(join(this.options.finally, inner)), text));
  }

  /** Whatever came to a folder of the source meanwhile, or went, has changed its time. */
  async #finish({ from, to, found }: ClonedFolder): Promise<void> {
    const now = await this.#reading(from, () => lstat(from));
    if (now.mtimeMs !== found.mtimeMs || now.ino !== found.ino) throw new NotCloned('changed', this.#name(from));
    await chmod(to, found.mode & 0o7777);
    await utimes(to, found.atimeMs / 1000, found.mtimeMs / 1000);
  }

  #count(bytes: number): void {
    this.#files++;
    this.#bytes += bytes;
    const now = performance.now();
    if (now < this.#progressAt) return;
    this.#progressAt = now + progressMs;
    this.options.onProgress?.(this.#files);
  }

  /** What was listed and is not there any more is being changed. */
  async #reading<T>(path: string, read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      const code = errorCode(error);
      if (code === 'ENOENT' || code === 'ENOTDIR') throw new NotCloned('changed', this.#name(path));
      if (code !== undefined && unsupportedCodes.has(code)) throw new NotCloned('unsupported', this.#name(path));
      throw error;
    }
  }

  #name(path: string): string {
    return relative(this.options.fromRoot, path).split(sep).join('/');
  }
}

/** Does what is pending, and what that adds, some at a time; after a failure what has begun is waited for, and nothing else is begun. */
async function drained(pending: Work[], signal: AbortSignal): Promise<void> {
  let failure: { readonly error: unknown } | undefined;
  const active = new Set<Promise<void>>();
  const begin = (work: Work): void => {
    const promise = work()
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .finally(() => active.delete(promise));
    active.add(promise);
  };
  for (;;) {
    for (let next = more(); next !== undefined; next = more()) begin(next);
    if (active.size === 0) break;
    await Promise.race(active);
  }
  signal.throwIfAborted();
  if (failure) throw failure.error;

  function more(): Work | undefined {
    return failure || signal.aborted || active.size >= concurrency ? undefined : pending.pop();
  }
}

/** A path as the system knows it, as far as there is something. */
async function existingPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await existingPath(parent), basename(path));
  }
}

function isIn(folder: string, path: string): boolean {
  const inner = relative(folder, path);
  return inner === '' || (inner.split(sep)[0] !== '..' && !isAbsolute(inner));
}
