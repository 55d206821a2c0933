import { partialFolder } from '../../../core/dependencies/dependencyTools';

/*
 * Folders that tools fill and can fill again are no work, and what people put into them is. By its content it is told: a
 * folder in which a tool's products lie was filled by it, all but what no tool makes (keys, dumps, drafts); a folder
 * without any is only called so, and every file in it counts.
 */

/** Of one tool, and filled by nobody else. */
const toolFolders = new Set([
  partialFolder,
  'node_modules',
  'bower_components',
  '__pycache__',
  '.venv',
  '.next',
  '.nuxt',
  '.svelte-kit',
  '.astro',
  '.output',
  '.cache',
  '.parcel-cache',
  '.turbo',
  '.nx',
  '.vite',
  'coverage',
  '.nyc_output',
  '.gradle',
  '.pytest_cache',
  '.mypy_cache',
  '.ruff_cache',
  '.tox',
  '.eggs',
  '.terraform',
  '.dart_tool',
  '.vscode-test',
  'test-results',
  'playwright-report',
]);
const toolFolderNames = /\.egg-info$/;

/** Words by which people, too, call a folder. */
const outputFolders = new Set(['dist', 'build', 'out', 'target', 'venv']);
/** What says at the top of one that it is a tool's alone: Python's, and every cache that follows bford.info/cachedir. */
const tags = ['pyvenv.cfg', 'CACHEDIR.TAG'];

/** Files that tools leave anywhere. */
const leftFiles = /^(?:\.DS_Store|Thumbs\.db|desktop\.ini|\.eslintcache|\.coverage|.*\.(?:log|pyc|pyo|tsbuildinfo))$/;

/** Compilers, bundlers and generators of pages write such files, and nobody by hand into a folder of that name. */
const products = new RegExp(
  [
    String.raw`\.(?:[cm]?js|css|map|html?|wasm|node|vsix|d\.[cm]?ts|webmanifest|pyc|pyo|pyd|whl|egg|tsbuildinfo)$`,
    String.raw`\.(?:o|obj|a|so|so\.[\d.]+|dylib|dll|lib|pdb|exe|rlib|rmeta|class|jar|war|dex|apk|ipa)$`,
    String.raw`^(?:CMakeCache\.txt|BUILD_ID|lcov\.info|\.ninja_log)$`,
  ].join('|'),
  'i',
);

/** What no tool makes as a product, unless it copies what is committed. */
const personal = new RegExp(
  [
    String.raw`^\.env(?:\..*)?$|^\.?(?:npmrc|pypirc|netrc|pgpass)$|^id_(?:rsa|dsa|ecdsa|ed25519)$`,
    String.raw`^(?:credentials|secrets?)(?:\.\w+)?$`,
    String.raw`\.(?:key|pem|p12|pfx|p8|jks|keystore|kdbx?|gpg|asc|ovpn|mobileprovision)$`,
    String.raw`\.(?:sw[a-p]|bak|orig|rej|patch|diff|sqlite3?|db|rdb|sql|dump)$|~$|^#.*#$`,
    String.raw`\.(?:docx?|xlsx?|pptx?|od[tsp]|psd|ai|sketch|fig|ipynb)$|^(?:notes?|todo)(?:\.\w+)?$`,
  ].join('|'),
  'i',
);

/** What says of a folder that it is somebody's, wherever it lies: history that is not git's, and the data of a database server. */
const ownMarks = ['.hg', '.svn', '.jj', '.bzr', '_darcs', '.pijul', 'PG_VERSION', 'ibdata1', 'WiredTiger'];

/** Enough to say that there is a lot. */
const maxNamed = 1000;

/** Where in a path a folder begins that tools fill; undefined: nowhere. */
function builtPart(path: string): string | undefined {
  const parts = path.split('/');
  const index = parts.findIndex(
    (part) => toolFolders.has(part) || toolFolderNames.test(part) || outputFolders.has(part),
  );
  return index < 0 ? undefined : parts.slice(0, index + 1).join('/');
}

/** The folder in which an ignored path of git (a folder's ends in a slash) lies, or which it is: the outermost that tools fill. */
export function builtFolderOf(path: string): string | undefined {
  // The last part is a file's name, or empty.
  return builtPart(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
}

/** Whether an ignored file is one that tools leave and nobody would miss. */
export function isLeftByTools(path: string): boolean {
  return leftFiles.test(path.slice(path.lastIndexOf('/') + 1));
}

/** @param path of a folder, relative to the worktree */
export function builtFolderAt(path: string): BuiltFolder | undefined {
  const built = builtPart(path);
  return built === undefined ? undefined : new BuiltFolder(built);
}

/** One folder that tools fill, as it is walked through. */
export class BuiltFolder {
  #isTools: boolean;
  readonly #isPackages: boolean;
  /** Whether a tool's products were seen in it. */
  #isBuilt = false;
  readonly #personal: string[] = [];
  readonly #others: string[] = [];
  readonly #strangers = new Set<string>();

  /** @param path relative to the worktree */
  constructor(readonly path: string) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    this.#isTools = !outputFolders.has(name);
    this.#isPackages = name === 'node_modules';
  }

  /** To be called for a folder before what is in it. @param folder the folder, or one in it */
  enter(folder: string, names: ReadonlySet<string>): void {
    if (folder === this.path && tags.some((tag) => names.has(tag))) this.#isTools = true;
    if (ownMarks.some((mark) => names.has(mark)) && !this.#isStrange(folder)) this.#strangers.add(folder);
    if (!this.#isPackages || names.has('package.json') || names.has('node_modules')) return;
    const inner = folder.slice(this.path.length + 1);
    // A package's own folder has its package.json: what lies in one without is nobody's package.
    if (/^(?:@[^/]+\/)?[^@./][^/]*$/.test(inner)) this.#strangers.add(folder);
  }

  add(folder: string, name: string): void {
    if (leftFiles.test(name)) return;
    const path = `${folder}/${name}`;
    if (this.#isStrange(folder)) return note(this.#personal, path);
    if (!this.#isTools) {
      if (personal.test(name)) note(this.#personal, path);
      else if (products.test(name)) this.#isBuilt = true;
      else note(this.#others, path);
      return;
    }
    // Deeper down, packages bring test keys and databases of their own.
    const isOnTop = folder === this.path;
    const isNoPackage = isOnTop && this.#isPackages && !name.startsWith('.');
    if ((isOnTop && personal.test(name)) || isNoPackage) note(this.#personal, path);
  }

  /** Files that a tool may not have made; an empty one, or a copy of what is committed, is none. */
  get strays(): readonly string[] {
    return this.#isTools || this.#isBuilt ? this.#personal : [...this.#personal, ...this.#others];
  }

  #isStrange(folder: string): boolean {
    if (this.#strangers.size === 0) return false;
    return [...this.#strangers].some((stranger) => folder === stranger || folder.startsWith(`${stranger}/`));
  }
}

function note(list: string[], path: string): void {
  if (list.length < maxNamed) list.push(path);
}
