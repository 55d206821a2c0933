import type { Repository, Worktree } from '../../../src/core/model';
import type {
  CopiedFiles,
  CopyNotes,
  SelectedFiles,
  WantedFiles,
  WorktreeFiles,
} from '../../../src/core/ports/worktreeFiles';
import { AppError } from '../../../src/core/errors';
import { withManagedBlock, withoutManagedBlock } from '../../../src/core/text/managedBlock';

/** Files in memory: the main worktree's by path, and those that worktrees got. */
export class FakeWorktreeFiles implements WorktreeFiles {
  /** Ignored files of the main worktree: only a path that is asked for by just its name is copied. */
  readonly ignored = new Set<string>();
  readonly hooks: string[] = [];
  /** Text by `<folder>/<path>`. */
  readonly texts = new Map<string, string>();
  /** After this file a copy fails. */
  failsAfter: string | undefined;
  /** Why lines cannot be taken out, by the file's path. */
  readonly left = new Map<string, string>();
  readonly #patched = new Map<string, Set<string>>();
  readonly #copied = new Map<string, Set<string>>();

  async select(_: Repository, { copy, include = '', globs, examples = {} }: WantedFiles): Promise<SelectedFiles> {
    const wanted = [...copy, ...include.split('\n'), ...globs];
    const out = wanted.find((path) => path.startsWith('outside'));
    if (out !== undefined) throw new AppError('invalidInput', `${out} cannot be copied.`);
    const missing = Object.entries(examples).filter(([path]) => !this.ignored.has(path));
    return {
      ...{ paths: wanted.filter((path) => this.ignored.has(path)).sort(), hooks: this.hooks, left: [] },
      ...(missing.length === 0 ? {} : { examples: Object.fromEntries(missing) }),
    };
  }

  async copy(
    _: Repository,
    { path: folder, gitDir }: Worktree,
    { paths, hooks, examples = {} }: SelectedFiles,
    notes: CopyNotes,
  ): Promise<CopiedFiles> {
    const copied = [...hooks, ...paths, ...Object.keys(examples)].filter(
      (path) => !this.texts.has(`${folder}/${path}`),
    );
    for (const path of copied) {
      notes.set(path, path);
      this.#copied.set(gitDir, (this.#copied.get(gitDir) ?? new Set()).add(path));
      this.texts.set(`${folder}/${path}`, `${examples[path] ?? `${path} of main`}\n`);
      if (path === this.failsAfter) throw new AppError('failed', 'The disk is full.');
    }
    return { copied, left: [] };
  }

  async takeBack({ path: folder, gitDir }: Worktree, notes: CopyNotes): Promise<void> {
    for (const path of notes.keys()) {
      this.texts.delete(`${folder}/${path}`);
      this.#copied.get(gitDir)?.delete(path);
    }
  }

  async patch({ path: folder, gitDir }: Worktree, path: string, lines: readonly string[]): Promise<boolean> {
    const before = this.texts.get(`${folder}/${path}`) ?? '';
    const after = withManagedBlock(before, lines);
    this.texts.set(`${folder}/${path}`, after);
    const patched = this.#patched.get(gitDir) ?? new Set();
    patched.add(path);
    this.#patched.set(gitDir, patched);
    return before !== after;
  }

  async unpatch({ path: folder, gitDir }: Worktree, path: string): Promise<string | undefined> {
    const left = this.left.get(path);
    if (left !== undefined) return `${path} (${left})`;
    const at = `${folder}/${path}`;
    this.texts.set(at, withoutManagedBlock(this.texts.get(at) ?? ''));
    this.#patched.get(gitDir)?.delete(path);
    return undefined;
  }

  async patched({ gitDir }: Worktree): Promise<readonly string[]> {
    return [...(this.#patched.get(gitDir) ?? [])].sort();
  }

  async copied({ gitDir }: Worktree): Promise<readonly string[]> {
    return [...(this.#copied.get(gitDir) ?? [])].sort();
  }

  /** Its folder and its git directory are gone. */
  forget(gitDir: string): void {
    this.#patched.delete(gitDir);
    this.#copied.delete(gitDir);
  }
}
