import type { Candidate } from './shared/candidate';
import { foldersWith, has, isAside, textOf, type RepositoryFacts } from './facts';
import { matchesGlob } from './shared/matchesGlob';
import { baseName, folderOf, inFolder } from './shared/paths';
import { commandWord } from '../../core/commandWord';

/** How a project of Python is installed, and what stands before its programs. */
export interface PythonProject {
  readonly folder: string;
  readonly setup: readonly string[];
  /** `uv run `, `.venv/bin/`: before a program of the dependencies. */
  readonly program: (command: string) => string;
  /** The same of what is given to no shell. */
  readonly argv: (command: readonly string[]) => readonly string[];
  readonly dependencies: ReadonlySet<string>;
}

const manifests = ['pyproject.toml', 'requirements.txt', 'Pipfile', 'setup.py'];

export function pythonProjects(facts: RepositoryFacts): PythonProject[] {
  const folders = [...new Set(manifests.flatMap((name) => foldersWith(facts, name)))].filter(
    (folder) => !isAside(folder) && isProject(facts, folder),
  );
  return folders.slice(0, 20).map((folder) => {
    const texts = [...manifests, 'requirements/base.txt', 'requirements/local.txt'].map(
      (name) => textOf(facts, folder, name) ?? '',
    );
    return { folder, dependencies: packagesIn(texts.join('\n')), ...installed(facts, folder) };
  });
}

/** Other files are called setup.py as well. */
function isProject(facts: RepositoryFacts, folder: string): boolean {
  if (manifests.some((name) => name !== 'setup.py' && has(facts, folder, name))) return true;
  return /^[ \t]*(?:from|import)\s+(?:setuptools|distutils|skbuild)\b/m.test(textOf(facts, folder, 'setup.py') ?? '');
}

/** Names of packages, in lower case, wherever they stand: at a line's beginning, in quotes, or as a key. */
function packagesIn(text: string): Set<string> {
  const found = text.matchAll(/(?:^|["'[,\s])([A-Za-z][A-Za-z0-9._-]*)(?:\[[^\]]{0,200}\])?\s*(?=[=<>~!;"',\]]|$)/gm);
  return new Set([...found].map(([, name = '']) => name.toLowerCase().replaceAll('_', '-')));
}

function installed(facts: RepositoryFacts, folder: string): Pick<PythonProject, 'setup' | 'program' | 'argv'> {
  const at = (flag: string, place = folder): string => (place === '.' ? '' : ` ${flag} ${commandWord(place)}`);
  const locked = uvLockFolder(facts, folder);
  if (locked !== undefined)
    return {
      setup: [`uv sync --frozen${isUvWorkspace(facts, locked) ? ' --all-packages' : ''}${at('--directory', locked)}`],
      program: (command) => `uv run ${command}`,
      argv: (command) => ['uv', 'run', ...command],
    };
  if (has(facts, folder, 'poetry.lock'))
    return {
      setup: [`poetry install --no-interaction${at('--directory')}`],
      program: (command) => `poetry run ${command}`,
      argv: (command) => ['poetry', 'run', ...command],
    };
  const venv = folder === '.' ? '.venv' : `${folder}/.venv`;
  const list = folder === '.' ? 'requirements.txt' : `${folder}/requirements.txt`;
  const what = has(facts, folder, 'requirements.txt') ? `-r ${commandWord(list)}` : `-e ${commandWord(folder)}`;
  return {
    setup: [`python3 -m venv ${commandWord(venv)}`, `${commandWord(`${venv}/bin/python`)} -m pip install ${what}`],
    program: (command) => `.venv/bin/${command}`,
    argv: ([first = '', ...rest]) =>
      /^(?:ba)?sh$/.test(first) && rest[0] === '-c'
        ? [first, '-c', `. .venv/bin/activate && ${rest[1] ?? ''}`, ...rest.slice(2)]
        : /^(?:ba)?sh$|\//.test(first)
          ? [first.includes('/') ? 'sh' : first, '-c', '. .venv/bin/activate && exec "$@"', first, first, ...rest]
          : [`.venv/bin/${first}`, ...rest],
  };
}

/**
 * Where the lockfile of a project of uv is: beside it, or at the root of the workspace that it is a part of, which has the environment
 * of all its members. Of one alone (`uv sync --directory`) it would take away what the others need. Seen with uv 0.13.9;
 * docs.astral.sh/uv/concepts/projects/workspaces.
 */
function uvLockFolder(facts: RepositoryFacts, folder: string): string | undefined {
  for (let at = folder; ; at = folderOf(at)) {
    if (has(facts, at, 'uv.lock') && (at === folder || isMember(facts, at, folder))) return at;
    if (at === '.') return undefined;
  }
}

/** Whether the workspace of a root names a folder, as its globs are read: `packages/*`. */
function isMember(facts: RepositoryFacts, root: string, folder: string): boolean {
  const table = uvWorkspace(textOf(facts, root, 'pyproject.toml') ?? '');
  const path = root === '.' ? folder : folder.slice(root.length + 1);
  const names = (key: string): boolean => {
    const from = new RegExp(`^[ \\t]*${key}[ \\t]*=[ \\t]*\\[`, 'm').exec(table);
    const list = from ? table.slice(from.index + from[0].length) : '';
    const globs = list.slice(0, Math.max(0, list.indexOf(']'))).matchAll(/["']([^"']+)["']/g);
    return [...globs].some(([, glob = '']) => matchesGlob(glob.replace(/^\.\//, '').replace(/\/$/, ''), path));
  };
  return names('members') && !names('exclude');
}

const uvWorkspaceHeader = /^[ \t]*\[tool\.uv\.workspace\]/;

/** The lines of that table, up to the next one. */
function uvWorkspace(manifest: string): string {
  const lines = manifest.split('\n');
  const start = lines.findIndex((line) => uvWorkspaceHeader.test(line));
  if (start < 0) return '';
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^\[[^\]"']*\]$/.test(line.trim()));
  return rest.slice(0, end < 0 ? rest.length : end).join('\n');
}

function isUvWorkspace(facts: RepositoryFacts, folder: string): boolean {
  return (textOf(facts, folder, 'pyproject.toml') ?? '').split('\n').some((line) => uvWorkspaceHeader.test(line));
}

/** What a project of Python runs is a program of its own, unless it is one of other tools or a file. */
export function inPythonProject(project: PythonProject, command: readonly string[]): readonly string[] {
  const [first = '', option, text = ''] = command;
  const isShell = /^(?:ba)?sh$/.test(first);
  // A script of the project's.
  if (isShell && option !== '-c')
    return option === undefined || option.startsWith('/') ? command : project.argv(command);
  const program = isShell ? text.trim() : first;
  return /^(?:\.{0,2}\/|(?:uv|poetry|pipenv|pdm|node|npm|npx|pnpm|yarn|bun|deno|bundle|ruby|php|java|go|cargo|mix|dotnet|docker|make|env|sleep|tail)(?=\s|$))/.test(
    program,
  )
    ? command
    : project.argv(command);
}

/** The project that a folder is in. Of one above it the programs must be found from there: uv and Poetry look for it. */
export function projectOf(projects: readonly PythonProject[], folder: string): PythonProject | undefined {
  for (let at = folder; ; at = folderOf(at)) {
    const found = projects.find((each) => each.folder === at);
    if (found) return at === folder || !found.program('').startsWith('.venv/') ? found : undefined;
    if (at === '.') return undefined;
  }
}

/** The server that a project of Python is. Seen with Django 5, Flask 3, FastAPI 0.115 and uvicorn 0.34. */
export function pythonService(facts: RepositoryFacts, project: PythonProject): Candidate | undefined {
  const { folder, dependencies, program } = project;
  const base = { name: folder === '.' ? 'web' : baseName(folder), folder };
  const manage = djangoManage(facts, project);
  if (manage !== undefined)
    return { ...base, role: 'web', kind: 'Django', port: 8000, command: program(`python ${manage} runserver $(PORT)`) };
  const found = module(facts, folder);
  const name = (of: string): string => found?.name ?? of;
  const guesses = found ? {} : { command: 'which module has the application is a guess' };
  if (dependencies.has('fastapi') || dependencies.has('starlette') || dependencies.has('litestar')) {
    const command = program(`uvicorn ${name('main')}:${found?.variable ?? 'app'} --port $(PORT) --reload`);
    return { ...base, role: 'api', kind: 'FastAPI', port: 8000, command, guesses };
  }
  if (dependencies.has('flask')) {
    const command = program(`flask --app ${name('app')} run --port $(PORT)`);
    return { ...base, role: 'web', kind: 'Flask', port: 5000, command, guesses };
  }
  if (dependencies.has('streamlit') && found)
    return {
      ...base,
      role: 'web',
      kind: 'Streamlit',
      port: 8501,
      command: program(`streamlit run ${found.file} --server.port $(PORT)`),
    };
  return undefined;
}

/** Django's own program, beside the manifest or in the folder of the sources, where that is no project of its own. */
export function djangoManage(
  facts: Pick<RepositoryFacts, 'paths'>,
  { folder, dependencies }: Pick<PythonProject, 'folder' | 'dependencies'>,
): string | undefined {
  if (has(facts, folder, 'manage.py')) return 'manage.py';
  if (!dependencies.has('django')) return undefined;
  const usual = ['src', 'app', 'backend'];
  // Else a folder that is called as the project is.
  const start = folder === '.' ? '' : `${folder}/`;
  const others = [...facts.paths].flatMap((path) => {
    const [, place] = path.startsWith(start) ? (/^([\w-]+)\/manage\.py$/.exec(path.slice(start.length)) ?? []) : [];
    return place === undefined || usual.includes(place) || isAside(place) ? [] : [place];
  });
  const places = [...usual, ...others.sort()].filter(
    (place) => !manifests.some((name) => has(facts, inFolder(folder, place), name)),
  );
  return places.map((place) => `${place}/manage.py`).find((file) => has(facts, folder, file));
}

/** Where the application object is made. */
export function pythonEntries(paths: ReadonlySet<string>, folder: string): string[] {
  const names = ['main.py', 'app.py', 'server.py', 'api.py', 'wsgi.py', 'asgi.py', '__init__.py'];
  const places = ['', 'app/', 'src/', 'api/', 'backend/', 'src/app/'];
  const start = folder === '.' ? '' : `${folder}/`;
  return places
    .flatMap((place) => names.map((name) => `${place}${name}`))
    .filter((file) => paths.has(`${start}${file}`));
}

function module(facts: RepositoryFacts, folder: string): { name: string; variable: string; file: string } | undefined {
  for (const file of pythonEntries(facts.paths, folder)) {
    const text = textOf(facts, folder, file) ?? '';
    const [, variable] =
      /^(\w+)\s*(?::[^=\n]+)?=\s*(?:\w+\.)?(?:FastAPI|Flask|Starlette|Litestar|create_app)\(/m.exec(text) ?? [];
    const isFactory = /^def create_app\(/m.test(text);
    if (variable === undefined && !isFactory && !/import streamlit/.test(text)) continue;
    const name = file
      .replace(/\.py$/, '')
      .replace(/\/__init__$/, '')
      .replaceAll('/', '.');
    return { name, variable: variable ?? 'app', file };
  }
  return undefined;
}
