import type { Repository } from '../../../core/model';
import { AskedOnce } from '../program/askedOnce';
import type { Git } from '../program/git';

/** What a commit has at a path: a line of `git ls-tree`. */
export interface CommitEntry {
  readonly mode: string;
  readonly kind: string;
  readonly id: string;
}

/** By path, with folders. */
type CommitTree = ReadonlyMap<string, CommitEntry>;

/** A create asks within a second or two; of a large repository this is megabytes. */
const keptMs = 5000;

/**
 * What commits have. A create asks for a dozen paths of one commit: once all of it was listed, nothing of it is asked of git again, since
 * commits never change.
 */
export class CommitFiles {
  readonly #listing = new AskedOnce<CommitTree>();
  #listed: { readonly key: string; readonly tree: CommitTree } | undefined;

  constructor(private readonly git: Git) {}

  /** All of it. */
  async tree(repository: Repository, commit: string, signal?: AbortSignal): Promise<CommitTree> {
    const key = keyOf(repository, commit);
    const known = this.#known(key);
    if (known) return known;
    if (!isCommit(commit)) return this.#list(repository, commit, signal);
    const tree = await this.#listing.ask(key, (shared) => this.#list(repository, commit, shared), signal);
    const listed = { key, tree };
    this.#listed = listed;
    const forget = (): void => {
      if (this.#listed === listed) this.#listed = undefined;
    };
    setTimeout(forget, keptMs).unref();
    return tree;
  }

  /** What it has at a path; undefined: nothing. All of it is not listed for that. */
  async at(
    repository: Repository,
    commit: string,
    path: string,
    signal?: AbortSignal,
  ): Promise<CommitEntry | undefined> {
    // Other spellings of a path are git's to understand.
    if (isPlain(path) && this.isListed(repository, commit))
      return (await this.tree(repository, commit, signal)).get(path);
    const argv = ['ls-tree', '-z', '--full-tree', commit, '--', path];
    // Where there is no such path, this succeeds and prints nothing: any failure is one.
    const listed = await this.git.run(repository.root, argv, { trust: 'read', signal });
    return entryOf(listed.split('\0', 1)[0] ?? '')?.entry;
  }

  /** Whether all of it is known, or asked for. */
  isListed(repository: Repository, commit: string): boolean {
    const key = keyOf(repository, commit);
    return this.#known(key) !== undefined || this.#listing.isAsked(key);
  }

  #known(key: string): CommitTree | undefined {
    return this.#listed?.key === key ? this.#listed.tree : undefined;
  }

  async #list({ root }: Repository, commit: string, signal: AbortSignal | undefined): Promise<CommitTree> {
    const argv = ['ls-tree', '-r', '-t', '-z', '--full-tree', commit];
    const tree = new Map<string, CommitEntry>();
    for (const line of (await this.git.run(root, argv, { trust: 'read', signal })).split('\0')) {
      const found = entryOf(line);
      if (found) tree.set(found.path, found.entry);
    }
    return tree;
  }
}

function keyOf({ commonDir }: Repository, commit: string): string {
  return `${commit} ${commonDir}`;
}

/** What else names a commit may name another one later. */
export function isCommit(commit: string): boolean {
  return /^[0-9a-f]{40,64}$/.test(commit);
}

/** A path that git takes as it is written. */
export function isPlain(path: string): boolean {
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

function entryOf(line: string): { readonly path: string; readonly entry: CommitEntry } | undefined {
  const tab = line.indexOf('\t');
  const [mode, kind, id] = line.slice(0, Math.max(tab, 0)).split(' ');
  return mode && kind && id ? { path: line.slice(tab + 1), entry: { mode, kind, id } } : undefined;
}
