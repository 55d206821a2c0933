import { lstat, readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { environmentFileName } from '../../../core/environmentFile';
import { AppError } from '../../../core/errors';
import type { Repository } from '../../../core/model';
import { includeFile, type SelectedFiles, type WantedFiles } from '../../../core/ports/worktreeFiles';
import { builtFolderOf } from './builtFolder';
import { gitFailed, type Git } from '../program/git';
import { wantedPatterns, type WantedPatterns } from './wantedPatterns';

/** Whoever asks for more means something else than a few files. */
const maxFiles = 100_000;

/**
 * Files of the main worktree that git ignores and that are asked for. Folders that tools fill are copied only by name; hooks of git
 * that are themselves ignored (husky's) come along, because git runs none and says nothing where their folder is missing.
 *
 * @throws invalidInput for a path or a link that leads out of the worktree
 */
export async function selectFiles(
  git: Git,
  repository: Repository,
  wanted: WantedFiles,
  signal?: AbortSignal,
): Promise<SelectedFiles> {
  const { root } = repository;
  const include = wanted.include ?? (await readFile(join(root, includeFile), 'utf8').catch(() => undefined));
  const patterns = wantedPatterns({ ...wanted, include });
  const hooksFolder = await ignoredHooks(git, root, signal);
  if (patterns.isEmpty && hooksFolder === undefined) return { paths: [], hooks: [], left: [] };
  await refuseWaysOut(root, patterns);
  const selection = new Selection(root, patterns, hooksFolder, signal);
  for (const entry of await ignoredEntries(git, root, signal)) await selection.add(entry);
  const examples = await wantedExamples(root, wanted.examples ?? {});
  return { ...selection.result(), ...(Object.keys(examples).length === 0 ? {} : { examples }) };
}

/** Those that stand for what the main worktree has not. */
async function wantedExamples(
  root: string,
  examples: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const missing: [string, string][] = [];
  for (const [path, example] of Object.entries(examples))
    if ((await lstat(join(root, path)).catch(() => undefined)) === undefined) missing.push([path, example]);
  return Object.fromEntries(missing);
}

/** Folders that are ignored as a whole end in a slash, and stand for what is in them. */
async function ignoredEntries(git: Git, root: string, signal: AbortSignal | undefined): Promise<string[]> {
  const argv = ['ls-files', '--others', '--ignored', '--exclude-standard', '--directory', '-z'];
  try {
    const listed = await git.run(root, argv, { trust: 'read', signal });
    return listed.split('\0').filter((path) => path !== '');
  } catch (error) {
    throw gitFailed(`It cannot be told which files of ${root} git ignores`, error);
  }
}

/** Where git looks for hooks, if that is a folder of each worktree of its own (`.husky/_`). */
async function ignoredHooks(git: Git, root: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  // Asking for a value runs nothing; with less trust git would be told another one.
  const said = await git.try(root, ['config', '--get', 'core.hooksPath'], { trust: 'write', signal });
  const path = said?.trim().replaceAll('\\', '/').replace(/^\.\//, '').replace(/\/+$/, '');
  if (!path || isAbsolute(path) || /^[~A-Za-z]?[:/]/.test(path) || path.split('/').includes('..')) return undefined;
  const found = await lstat(join(root, path)).catch(() => undefined);
  return found?.isDirectory() ? path : undefined;
}

/** A folder on the way to what is named may be a link: git would not look behind it, and a copy must not. */
async function refuseWaysOut(root: string, { literals }: WantedPatterns): Promise<void> {
  for (const literal of literals) {
    const parts = literal.split('/');
    for (let end = 1; end < parts.length; end++) {
      const path = parts.slice(0, end).join('/');
      if ((await lstat(join(root, path)).catch(() => undefined))?.isSymbolicLink())
        await refuseLinkOut(root, path, literal);
    }
  }
}

/** Where a link leads that leads out of the worktree; undefined: it does not. */
async function wayOut(root: string, path: string): Promise<string | undefined> {
  const target = await readlink(join(root, path));
  const isInside = (to: string, folder: string): boolean => {
    const way = relative(folder, to);
    return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  };
  const realRoot = await realpath(root);
  const real = await realpath(join(root, path)).catch(() => undefined);
  const leadsIn =
    !isAbsolute(target) &&
    isInside(resolve(dirname(join(root, path)), target), root) &&
    (real === undefined || isInside(real, realRoot));
  return leadsIn ? undefined : target;
}

async function refuseLinkOut(root: string, path: string, of = path): Promise<void> {
  const target = await wayOut(root, path);
  if (target === undefined) return;
  throw new AppError(
    'invalidInput',
    `${of} cannot be copied into a new worktree: ${path} of the main worktree is a link that leads out of it, to ${target}.`,
    {
      explanation: `Put the file itself there, or name it neither in copy of ${environmentFileName} nor in ${includeFile}.`,
    },
  );
}

/** What a tool would take for the truth about another checkout, seen with Nx 24.0, TypeScript 5.9 and 7.0. */
const misleading: readonly { readonly shape: RegExp; readonly why: string }[] = [
  { shape: /^(?:.*\/)?\.nx\/workspace-data\/d(?=\/|$)/, why: "Nx would talk to the main worktree's server" },
  { shape: /^.*\.tsbuildinfo$/, why: 'tsc -b would take for built what is not there' },
];

class Selection {
  readonly #paths = new Set<string>();
  readonly #hooks = new Set<string>();
  readonly #left = new Set<string>();

  constructor(
    private readonly root: string,
    private readonly patterns: WantedPatterns,
    private readonly hooksFolder: string | undefined,
    private readonly signal: AbortSignal | undefined,
  ) {}

  result(): SelectedFiles {
    return { paths: [...this.#paths].sort(), hooks: [...this.#hooks].sort(), left: [...this.#left] };
  }

  /** @param entry a file, or a folder with a slash at its end */
  async add(entry: string): Promise<void> {
    if (!entry.endsWith('/')) return this.#addFile(entry, this.#isWanted(entry));
    if (this.patterns.named.ignores(entry)) return this.#enter(entry, () => true);
    const isAimedAt = this.patterns.literals.some((literal) => `${literal}/`.startsWith(entry));
    const isHooks = this.hooksFolder !== undefined && `${this.hooksFolder}/`.startsWith(entry);
    if (builtFolderOf(entry) !== undefined && !isAimedAt && !isHooks) {
      if (this.patterns.listed.ignores(entry)) this.#left.add(`${entry} (tools fill it)`);
      return undefined;
    }
    const isListed = this.patterns.listed.ignores(entry);
    return this.#enter(entry, (path) => isListed || this.#isWanted(path));
  }

  #isWanted(path: string): boolean {
    return this.patterns.named.ignores(path) || this.patterns.listed.ignores(path);
  }

  async #enter(folder: string, isWanted: (path: string) => boolean): Promise<void> {
    this.signal?.throwIfAborted();
    const entries = await readdir(join(this.root, folder), { withFileTypes: true }).catch(() => []);
    // A repository, or a worktree, of its own.
    if (entries.some(({ name }) => name === '.git')) return;
    for (const entry of entries) {
      const path = `${folder}${entry.name}`;
      if (!entry.isDirectory()) await this.#addFile(path, isWanted(path));
      else if (builtFolderOf(`${path}/`) === undefined || builtFolderOf(folder) !== undefined || isWanted(`${path}/`))
        await this.#enter(`${path}/`, isWanted);
    }
  }

  async #addFile(path: string, isWanted: boolean): Promise<void> {
    const isHook = this.hooksFolder !== undefined && path.startsWith(`${this.hooksFolder}/`);
    if (!isWanted && !isHook) return;
    const misleads = misleading.find(({ shape }) => shape.test(path));
    if (misleads) return void this.#left.add(`${misleads.shape.exec(path)?.[0] ?? path} (${misleads.why})`);
    const found = await lstat(join(this.root, path)).catch(() => undefined);
    if (found?.isSymbolicLink()) {
      // Nobody asked for a hook: it is no reason to refuse what was asked for.
      if (isWanted) await refuseLinkOut(this.root, path);
      else if ((await wayOut(this.root, path)) !== undefined)
        return void this.#left.add(`${path} (a link that leads out of the worktree)`);
    } else if (!found?.isFile()) return;
    (isWanted ? this.#paths : this.#hooks).add(path);
    if (this.#paths.size + this.#hooks.size > maxFiles)
      throw new AppError(
        'invalidInput',
        `More than ${maxFiles} files would be copied into a new worktree: name fewer in copy of ${environmentFileName} and in ${includeFile}.`,
      );
  }
}
