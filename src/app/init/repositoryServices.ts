import { isFrontName, type Candidate, type LeftOut, type SetupStep } from './shared/candidate';
import { nodeDatabase, pythonDatabase, type DatabaseProposal } from './databaseProposal';
import { drizzleSetup } from './drizzleSetup';
import { readDockerfile } from './shared/dockerfile';
import { textOf, type RepositoryFacts } from './facts';
import { literal } from './shared/literal';
import { onPort } from './shared/onPort';
import { nodePackages, type NodePackage } from './nodePackage';
import { isWindow, nodeServices, runsBuiltScript } from './nodeServices';
import { nodeInstalls } from './nodeInstalls';
import { nxServices } from './nxServices';
import { notIgnored } from './notIgnored';
import { notRead, notStarted } from './notRead';
import { otherDatabase } from './otherDatabase';
import { otherServices } from './otherServices';
import { prismaSetup } from './prismaSetup';
import { procfileServices } from './procfile';
import { ownTables } from './djangoTables';
import { inPythonProject, pythonProjects, pythonService, type PythonProject } from './pythonServices';
import { inFolder } from './shared/paths';
import { proxiedPaths } from './routing';
import { mysqlTables, type TablesProposal } from './usedTables';
import { shellCommand, words } from './shared/shellCommand';

export interface RepositoryServices {
  readonly services: readonly Candidate[];
  readonly setup: readonly SetupStep[];
  readonly database: DatabaseProposal | undefined;
  /** Of a database that is used, where there is one. */
  readonly tables: TablesProposal | undefined;
  /** Paths that a site hands on to another server while people develop. */
  readonly proxied: readonly string[];
  readonly leftOut: readonly LeftOut[];
}

/** What a repository's manifests say, without any compose file. */
export function repositoryServices(facts: RepositoryFacts): RepositoryServices {
  const packages = nodePackages(facts);
  const projects = pythonProjects(facts);
  const others = otherServices(facts);
  const ofNx = nxServices(facts, packages);
  const ofScripts = mainFirst(packages)
    .filter(({ folder }) => !ofNx.some((each) => each.folder === folder))
    .flatMap((found) => nodeServices(facts, found));
  // The root of a workspace of Nx has what its projects depend on.
  const isOfProjects = ({ folder, guesses }: Candidate): boolean =>
    folder === '.' && guesses?.command !== undefined && facts.paths.has('nx.json');
  const started = [...ofNx, ...ofScripts.filter((each) => !isOfProjects(each))];
  const ofPackages = started.length > 0 ? started : ofScripts;
  const ofProjects = projects.flatMap((project) => pythonService(facts, project) ?? []);
  const ofOthers = [...ofProjects, ...others.map(({ candidate }) => candidate)];
  const served = ofOthers.toSorted((a, b) => Number(isFrontName(b.name)) - Number(isFrontName(a.name)));
  const known = beforeAssets(packages, [...ofPackages, ...served]);
  const procfile = ['Procfile.dev', 'Procfile'].find((name) => facts.texts.has(name));
  const atRoot = projects.find(({ folder }) => folder === '.');
  const ofProcfile =
    procfile === undefined
      ? undefined
      : procfileServices(facts.texts.get(procfile) ?? '', (command) => inRootProject(atRoot, command));
  const inFoldersWith = known.some(({ folder }) => folder === '.');
  const rootPackage = packages.find(({ folder }) => folder === '.');
  const needsBuild = ({ command }: Candidate): boolean =>
    procfile === 'Procfile' &&
    known.length > 0 &&
    (isOfBuild(facts, command) || (rootPackage !== undefined && runsBuiltScript(facts, rootPackage, command)));
  const ofWorkers = (ofProcfile?.services ?? []).filter(({ role }) => role === 'worker' || !inFoldersWith);
  const processes = ofWorkers.filter((each) => !needsBuild(each));
  const services = [...known, ...processes];
  const ofDockerfile = services.length === 0 ? dockerfileService(facts) : undefined;
  const folders = [...new Set(others.map(({ candidate }) => candidate.folder))];
  const databases = [
    ...packages.flatMap((found) => nodeDatabase(facts, found) ?? []),
    ...projects.flatMap((project) => pythonDatabase(facts, project) ?? []),
    ...folders.flatMap((folder) => otherDatabase(facts, folder) ?? []),
  ];
  const database = databases.find(({ migrate }) => migrate !== undefined) ?? databases[0];
  const installs = nodeInstalls(facts, packages, ofPackages);
  const ofPrisma = prismaSetup(facts, packages);
  const setup: SetupStep[] = [
    // Git leaves their folders empty in a new worktree.
    ...(facts.paths.has('.gitmodules') ? ['git submodule update --init --recursive'] : []),
    ...installs.setup,
    ...ofPrisma.setup,
    ...drizzleSetup(facts, packages),
    ...new Set(projects.flatMap((project) => project.setup)),
    ...projects.map((project) => ownTables(facts, project)).filter((command) => command !== undefined),
    ...others.flatMap((other) => other.setup),
    ...installs.late,
  ];
  return {
    services: ofDockerfile ? [ofDockerfile] : services,
    setup,
    database,
    tables: mysqlTables(facts, packages, projects, folders),
    proxied: [...new Set(ofPackages.flatMap(({ folder }) => proxies(facts, folder)))],
    leftOut: [
      ...ofWorkers.filter(needsBuild).map(({ name }) => ({ file: 'Procfile', path: name, reason: isBuilt })),
      ...ofReleases(procfile, ofProcfile?.release, database),
      ...notRead(facts),
      ...notStarted(facts, services),
      ...installs.leftOut,
      ...ofPrisma.leftOut,
      ...notIgnored(facts, packages, projects),
      ...packages
        .filter((found) => isWindow(facts, found))
        .map(({ folder }) => ({ file: inFolder(folder, 'src-tauri'), path: '', reason: isOfWindow })),
    ],
  };
}

/** Who starts a Procfile has the project's programs on the PATH; a service here is told where they are. */
function inRootProject(
  project: PythonProject | undefined,
  command: string | readonly string[],
): string | readonly string[] {
  const argv = typeof command === 'string' ? words(command) : command;
  if (project === undefined || argv === undefined || inPythonProject(project, argv) === argv) return command;
  const isFile = argv[0]?.includes('/') ?? false;
  return typeof command === 'string' && !isFile ? project.program(command) : project.argv(argv);
}

/** Plugins by which a server of another language shows what Vite makes: the pages are the server's. */
const assetPlugins = ['laravel-vite-plugin', 'vite-plugin-ruby', 'vite-plugin-rails', 'vite-plugin-symfony'];

/** What only serves the scripts of a server's pages stands after that server, which people open. */
function beforeAssets(packages: readonly NodePackage[], known: readonly Candidate[]): readonly Candidate[] {
  const ofPhoenix = known.flatMap(({ kind, folder }) => (kind === 'Phoenix' ? [inFolder(folder, 'assets')] : []));
  const isAssets = ({ kind, folder }: Candidate): boolean =>
    kind === 'Vite' &&
    (ofPhoenix.includes(folder) ||
      packages.some((each) => each.folder === folder && assetPlugins.some((name) => each.dependencies.has(name))));
  const others = known.filter((each) => !isAssets(each));
  if (!others.some(({ role }) => role === 'web')) return known;
  return [...others, ...known.filter(isAssets).map((each) => ({ ...each, name: 'assets' }))];
}

/** The package that people develop by the root's own script comes first: `turbo run dev --filter=@acme/web`. */
function mainFirst(packages: readonly NodePackage[]): readonly NodePackage[] {
  const root = packages.find(({ folder }) => folder === '.');
  const script = root?.scripts.get('dev') ?? root?.scripts.get('start') ?? '';
  const named = [
    ...script.matchAll(/(?:--filter|--workspace|-F|-w|--prefix|--cwd|--dir|\bworkspace)[= ]["']?(?:\.\/)?([@\w./-]+)/g),
  ].map(([, name]) => name);
  // Of all that have it: `pnpm -r do-dev`.
  const [program = '', ...rest] = script.split(/\s+/);
  const isOfAll =
    /^(?:turbo|lerna)$/.test(program) || rest.some((word) => /^(?:-r|--recursive|--workspaces|-ws)$/.test(word));
  const everywhere = isOfAll ? (rest.find((word) => !word.startsWith('-') && word !== 'run') ?? '') : '';
  const isMain = ({ name, folder, scripts }: NodePackage): boolean =>
    named.some((each) => each === name || each === folder) ||
    (named.length === 0 && folder !== '.' && scripts.has(everywhere));
  return [...packages.filter(isMain), ...packages.filter((each) => !isMain(each))];
}

/** Whether its program is a file of this folder that git does not have. */
function isOfBuild({ paths }: RepositoryFacts, command: Candidate['command']): boolean {
  const [first = ''] = typeof command === 'string' ? (words(command) ?? []) : (command ?? []);
  const file = first.replace(/^\.\//, '');
  return /^(?:target|build|dist|out|bin)\/[\w./-]+$/.test(file) && !paths.has(file);
}

const isBuilt =
  'runs what only a build makes: where it is needed while people develop, write a service that runs its sources';

const isOfWindow = 'is a desktop app: start it in the worktree by its own tool';

function proxies(facts: RepositoryFacts, folder: string): string[] {
  const names = ['vite.config.ts', 'vite.config.js', 'vite.config.mts', 'vite.config.mjs'];
  return names.flatMap((name) => proxiedPaths(textOf(facts, folder, name) ?? ''));
}

/** Of a service that only a Dockerfile tells of. */
export const dockerfileKind = 'the Dockerfile';

/** A repository that says no more than how its image is made. */
function dockerfileService(facts: RepositoryFacts): Candidate | undefined {
  // What it runs is written down as it stands there.
  if (!facts.tracked.has('Dockerfile')) return undefined;
  const { ports, command } = readDockerfile(textOf(facts, '.', 'Dockerfile') ?? '');
  const [port] = ports;
  const runs = typeof command === 'string' ? shellCommand(command) : command && onPort(command.map(literal), port);
  const guess = 'as the Dockerfile says, for a process of this machine';
  return {
    ...{
      name: 'web',
      folder: '.',
      role: port === undefined ? 'worker' : 'web',
      kind: dockerfileKind,
      build: { context: '.' },
    },
    ...(runs === undefined ? {} : { command: runs }),
    ...(port === undefined ? {} : { port }),
    guesses: runs === undefined ? {} : { command: guess },
  };
}

function ofReleases(
  file: string | undefined,
  release: string | undefined,
  database: DatabaseProposal | undefined,
): LeftOut[] {
  if (file === undefined || release === undefined) return [];
  const reason =
    database?.migrate === undefined
      ? 'where it migrates the database, write it as database.migrate'
      : 'database.migrate does what it is for';
  return [{ file, path: 'release', reason }];
}

const ofDatabase =
  /migrat|\bseed|\bdb:|\bprisma db\b|\balembic\b|\bpsql\b|\bcreatedb\b|\bdb (?:push|upgrade|setup|prepare)\b/;
/** What installs, generates and copies within the worktree, and does nothing else. No two parts of a pattern take the same text: it would be tried in all ways. */
const harmless = [
  /^(?:npm|pnpm|yarn|bun)(?: (?:ci|i|install))?(?: --(?!global\b|prefix\b|cwd\b|dir\b)[\w=-]+)*$/,
  /^(?:npm|pnpm|yarn|bun) (?:run )?(?!add\b|global\b|link\b|unlink\b|remove\b|publish\b)[\w:-]+$/,
  /^(?:npx|bunx|pnpm exec|yarn) (?:prisma generate|husky|husky install)$/,
  /^(?:python3? -m )?pip3? install (?:-r|-e) [\w./[\],-]+$/,
  /^(?:uv sync|poetry install|pdm install|pipenv install|bundle install|composer install|dotnet restore)(?: -[\w=-]+(?: \w[\w-]*)?)*$/,
  /^(?:go mod download|cargo fetch|mix deps\.get)$/,
  /^make [\w-]+$/,
  /^(?:(?:test|\[) [^|&;]+ \|\| )?cp (?:-\w+ )*(?!\/|~|\.\.)[\w./-]+ (?!\/|~|\.\.)[\w./-]+$/,
  /^git submodule update(?: --[\w-]+)*$/,
  /^git lfs (?:pull|checkout)$/,
  // Of a file of variables.
  /^sed -i (?:'[^']*'|"[^"`$]*"|\$\([^)]*\)|[^\s'"$])+ (?:[\w-]+\/)*\.env[\w.-]*$/,
];

/** Why a command of a devcontainer stands in no setup unless a person writes it there; undefined: it may. */
export function whyNotInSetup(command: string | readonly string[]): string | undefined {
  const isShell =
    typeof command !== 'string' && /^(?:\/bin\/)?(?:ba)?sh$/.test(command[0] ?? '') && command[1] === '-c';
  const text = (isShell ? (command[2] ?? '') : [command].flat().join(' ')).trim();
  // The one that a copied file of variables names belongs to no environment.
  if (ofDatabase.test(text)) return 'what changes the database belongs into database.migrate or seed';
  // It may be meant for the container alone, and would be done to this machine or to the worktree's files.
  if (!harmless.some((pattern) => pattern.test(text)))
    return 'it may be meant for the container that an editor works in; what a worktree needs of it belongs into setup';
  return undefined;
}

/** Commands of a devcontainer that are not the installs that stand in setup already. */
export function moreSetup(
  commands: readonly (string | readonly string[])[],
  setup: RepositoryServices['setup'],
): (string | readonly string[])[] {
  const isInstall =
    /^(?:npm|pnpm|yarn|bun)(?: (?:ci|i|install))?(?: --[\w-]+)*$|^pip3? install|^uv sync|^poetry install|^bundle install|^composer install/;
  return commands.flatMap((command): (string | readonly string[])[] => {
    if (typeof command !== 'string') return isInstall.test(command.join(' ')) && setup.length > 0 ? [] : [command];
    const parts = command.split('&&').map((part) => part.trim());
    const left = parts.filter((part) => !(isInstall.test(part) && setup.length > 0) && part !== '');
    if (left.length === 0) return [];
    return left.every((part) => words(part)) ? left : [shellCommand(left.join(' && '))];
  });
}
