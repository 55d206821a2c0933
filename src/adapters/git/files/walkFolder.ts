import { access, constants, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { builtFolderAt, type BuiltFolder } from './builtFolder';
import { mountPoints } from './mountPoints';
import { errorCode } from '@coppice/host/errorCode';

/** What a worktree's folder holds that git does not tell. Paths are relative to it, with `/`, folders without one at their end. */
export interface FolderContents {
  /** Folders with a `.git` of their own, whatever surrounds them: clones, worktrees, submodules. */
  readonly repositories: readonly string[];
  /** Git directories without a folder of files: `git clone --bare`. */
  readonly bareRepositories: readonly string[];
  /** What tools fill, and what is in it that they may not have made; by path, the outermost only. */
  readonly built: ReadonlyMap<string, BuiltFolder>;
  /** Folders into which nobody could look, and why. */
  readonly unreadable: readonly { readonly path: string; readonly code: string }[];
  /** Folders of another user, of which nothing may be removed. */
  readonly unremovable: readonly string[];
  /** Other file systems, and folders from elsewhere, that are mounted in it: never entered. '' is the folder itself. */
  readonly mounts: readonly string[];
  /** There is more in it than folders. */
  readonly hasFiles: boolean;
  /** There was so much that the rest was not looked at. */
  readonly isCut: boolean;
}

/** Twenty large `node_modules`; it takes some 20 seconds to get there. */
const maxEntries = 2_000_000;
/** Node.js reads with four threads: more at once only fills its memory. */
const concurrency = 8;

/**
 * Looks through a whole folder, ignored parts and all, without following a link or entering a mount.
 *
 * @param without folders in it that are left out
 */
export async function walkFolder(
  root: string,
  signal?: AbortSignal,
  limit: number = maxEntries,
  without: readonly string[] = [],
): Promise<FolderContents> {
  return new Walk(root, await mountPoints(root), limit, new Set(without), signal).run();
}

interface Pending {
  readonly path: string;
  /** Where it is, where that is no text: of a name in other bytes than UTF-8 the text is another one. */
  readonly bytes?: Buffer | undefined;
  readonly built: BuiltFolder | undefined;
}

interface Entry {
  readonly name: string;
  readonly bytes?: Buffer;
  isDirectory(): boolean;
}

class Walk {
  readonly #repositories: string[] = [];
  readonly #bare: string[] = [];
  readonly #built = new Map<string, BuiltFolder>();
  readonly #unreadable: { path: string; code: string }[] = [];
  readonly #unremovable: string[] = [];
  readonly #found: string[] = [];
  readonly #pending: Pending[] = [{ path: '', built: undefined }];
  readonly #user = process.geteuid?.();
  #device: number | undefined;
  #entries = 0;
  #hasFiles = false;

  constructor(
    private readonly root: string,
    private readonly mounts: ReadonlySet<string>,
    private readonly limit: number,
    private readonly without: ReadonlySet<string>,
    private readonly signal: AbortSignal | undefined,
  ) {}

  async run(): Promise<FolderContents> {
    if (this.mounts.has(this.root)) this.#found.push('');
    this.#device = (await lstat(this.root)).dev;
    let working = 0;
    await new Promise<void>((resolve, reject) => {
      const more = (): void => {
        if (this.signal?.aborted) return reject(this.signal.reason as Error);
        while (working < concurrency) {
          const next = this.#isCut ? undefined : this.#pending.pop();
          if (next === undefined) break;
          working++;
          this.#enter(next).then(() => {
            working--;
            more();
          }, reject);
        }
        if (working === 0) resolve();
      };
      more();
    });
    return {
      repositories: this.#repositories.sort(),
      bareRepositories: this.#bare.sort(),
      built: this.#built,
      unreadable: this.#unreadable,
      unremovable: this.#unremovable.sort(),
      mounts: this.#found.sort(),
      hasFiles: this.#hasFiles,
      isCut: this.#isCut,
    };
  }

  get #isCut(): boolean {
    return this.#entries > this.limit;
  }

  async #enter({ path, bytes, built }: Pending): Promise<void> {
    const absolute = join(this.root, path);
    let entries: readonly Entry[];
    try {
      if (path !== '' && !(await this.#isOwn(path, absolute, bytes))) return;
      entries = await entriesIn(bytes ?? absolute);
    } catch (error) {
      const code = errorCode(error) ?? 'unknown';
      // Gone meanwhile: whoever works in it is not done, and the next look will tell.
      if (code !== 'ENOENT' && code !== 'ENOTDIR') this.#unreadable.push({ path, code });
      return;
    }
    this.#entries += entries.length;
    const names = new Set(entries.map(({ name }) => name));
    if (path !== '' && names.has('.git')) this.#repositories.push(path);
    if (names.has('HEAD') && names.has('objects') && names.has('refs')) {
      // What lies in a git directory is its repository's.
      if (path !== '') this.#bare.push(path);
      return;
    }
    const folder = built ?? builtFolderAt(path);
    if (folder && !built && path !== '') this.#built.set(path, folder);
    folder?.enter(path, names);
    for (const entry of entries) {
      if (entry.name === '.git') continue;
      const inner = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!this.without.has(inner)) this.#pending.push({ path: inner, bytes: entry.bytes, built: folder });
      } else {
        this.#hasFiles = true;
        folder?.add(path, entry.name);
      }
    }
  }

  /** Whether it is of this folder's file system and user; what is not is noted. */
  async #isOwn(path: string, absolute: string, bytes: Buffer | undefined): Promise<boolean> {
    if (this.mounts.has(absolute)) {
      this.#found.push(path);
      return false;
    }
    // Who is no user (Windows) or every user needs no look at each folder, where the kernel lists the mounts.
    if (process.platform === 'win32' || (this.#user === 0 && process.platform === 'linux')) return true;
    const { dev, uid } = await lstat(bytes ?? absolute);
    if (dev !== this.#device) {
      this.#found.push(path);
      return false;
    }
    if (uid !== this.#user && this.#user !== 0) {
      const isWritable = await access(bytes ?? absolute, constants.W_OK | constants.X_OK).then(
        () => true,
        () => false,
      );
      if (!isWritable) this.#unremovable.push(path);
    }
    return true;
  }
}

/** What stands in a text for bytes that are none of UTF-8. */
const noText = '\uFFFD';

/** Linux takes any bytes as a name: archives of other systems bring such. */
async function entriesIn(folder: string | Buffer): Promise<readonly Entry[]> {
  if (typeof folder === 'string') {
    const found = await readdir(folder, { withFileTypes: true });
    if (!found.some(({ name }) => name.includes(noText))) return found;
  }
  const start = Buffer.concat([typeof folder === 'string' ? Buffer.from(folder) : folder, Buffer.from('/')]);
  const found = await readdir(folder, { withFileTypes: true, encoding: 'buffer' });
  return found.map((entry) => ({
    name: entry.name.toString('utf8'),
    bytes: Buffer.concat([start, entry.name]),
    isDirectory: () => entry.isDirectory(),
  }));
}
