import type { RepositoryFiles } from '../../core/ports/repositoryFiles';
import type { YamlTexts } from '../../core/ports/yamlTexts';
import type { PlainValue } from '../../core/proposedFile';
import { projectFile, settingsFiles } from './dotnetServices';
import { envFileNames, examplesIn, hasEnvFile, madeOfExample } from './envFiles';
import { foldersWith, isAside, type RepositoryFacts } from './facts';
import { scriptFiles } from './nodePackage';
import { ownServers } from './nodeServices';
import { folderOf, inFolder } from './shared/paths';
import { pythonEntries } from './pythonServices';

/** Files that say how something is installed, started or migrated, wherever they are. */
export const manifests = [
  ...[
    'package.json',
    'requirements.txt',
    'pyproject.toml',
    'Pipfile',
    'setup.py',
    'alembic.ini',
    'Gemfile',
    'go.mod',
    'Cargo.toml',
  ],
  ...['mix.exs', 'pom.xml', 'build.gradle', 'build.gradle.kts', 'composer.json', 'Dockerfile'],
];
/** Read in each folder that has one of those. */
const beside = [
  ...[
    '.gitignore',
    'pnpm-workspace.yaml',
    ...['prisma.config.ts', 'prisma.config.mts', 'prisma.config.js', 'prisma.config.mjs'],
    'drizzle.config.ts',
    'drizzle.config.js',
    'drizzle.config.mjs',
    'payload.config.ts',
    'src/payload.config.ts',
    'config/routes.rb',
    'config/database.yml',
    'config/dev.exs',
    'config/runtime.exs',
    'config/config.exs',
    'db/seeds.rb',
    'src/main/resources/application.properties',
    'src/main/resources/application.yml',
    'src/main/resources/application.yaml',
    'requirements/base.txt',
  ],
  ...[
    'vite.config.ts',
    'vite.config.js',
    'vite.config.mts',
    'vite.config.mjs',
    'proxy.conf.json',
    'index.html',
    'src/main.ts',
  ],
  ...ownServers,
  ...['src/server.ts', 'src/index.ts', 'src/app.ts', 'src/index.js', 'server.js', 'app.js', 'index.js', 'main.go'],
];
const atRoot = [
  'nx.json',
  'Procfile',
  'Procfile.dev',
  'Makefile',
  '.tool-versions',
  'mise.toml',
  '.mise.toml',
  '.nvmrc',
  '.node-version',
  '.python-version',
];
export const devcontainerFiles = ['.devcontainer/devcontainer.json', '.devcontainer.json'];

/** Deeper than that lies no part of a repository that is started by itself. */
const maxDepth = 4;
const maxTexts = 400;
const maxRustSources = 60;
const maxSettings = 20;
const together = 16;

/** Reads what a repository says of how it is run; a bounded number of files, and nothing is started. */
export async function gatherFacts(
  files: RepositoryFiles,
  yaml: Pick<YamlTexts, 'parse'>,
  folder: string,
  signal: AbortSignal,
): Promise<RepositoryFacts> {
  const listed = await files.list(folder, signal);
  const own = (list: readonly string[]): string[] => list.filter((path) => !/(?:^|\/)node_modules\//.test(path));
  const tracked = new Set(own(listed.tracked));
  const paths = new Set([...tracked, ...own(listed.untracked)]);
  const shallow = { paths: new Set([...paths].filter((path) => path.split('/').length <= maxDepth)) };
  const folders = manifests.flatMap((name) => foldersWith(shallow, name)).filter((each) => !isAside(each));
  const ofNx = nxProjects(shallow);
  const ofDotnet = [...shallow.paths].filter((path) => projectFile.test(path)).slice(0, maxSettings);
  const places = [...new Set(['.', ...folders, ...ofNx])];
  const texts = new Map<string, string>();
  const read = async (wanted: readonly string[]): Promise<void> => {
    const missing = [...new Set(wanted)].filter((path) => !texts.has(path)).slice(0, maxTexts - texts.size);
    for (let at = 0; at < missing.length; at += together) {
      signal.throwIfAborted();
      const part = missing.slice(at, at + together);
      const found = await Promise.all(part.map((path) => files.read(folder, path)));
      for (const [index, text] of found.entries()) if (text !== undefined) texts.set(part[index] ?? '', text);
    }
  };
  const known = (names: readonly string[]): string[] => names.filter((path) => paths.has(path));
  const ofSettings = ofDotnet.flatMap((path) => settingsFiles.map((name) => inFolder(folderOf(path), name)));
  await read(
    known([
      ...atRoot,
      ...devcontainerFiles,
      ...ofDotnet,
      ...ofSettings,
      ...ofNx.map((each) => inFolder(each, 'project.json')),
    ]),
  );
  await read(known(places.flatMap((each) => manifests.map((name) => inFolder(each, name)))));
  // Of variables also what git ignores: only their names and addresses are looked at.
  await read(places.flatMap(envFileNames));
  await read(places.flatMap((each) => examplesIn({ tracked, texts }, each)));
  await read(known(places.flatMap((each) => beside.map((name) => inFolder(each, name)))));
  const named = places.flatMap((each) => {
    const source = texts.get(inFolder(each, 'package.json'));
    const scripts = source === undefined ? [] : scriptFiles(source).map((file) => file.replace(/^\.\//, ''));
    const sources = scripts.map((file) => file.replace(/^(?:dist|build|lib)\//, 'src/').replace(/\.js$/, '.ts'));
    return [...scripts, ...sources, ...pythonEntries(paths, each)].map((file) => inFolder(each, file));
  });
  const goMains = [...paths].filter(
    (path) => /(?:^|\/)(?:cmd\/[^/]+\/)?main\.go$/.test(path) && path.split('/').length <= maxDepth + 1,
  );
  const sources = [...goMains, ...goServers(paths), ...rustSources(paths, places)];
  await read(known([...named, ...prismaSchemas(paths), ...djangoSettings(paths), ...sources]));
  const values = new Map<string, PlainValue>();
  for (const [path, text] of texts)
    if (/\/?pnpm-workspace\.yaml$/.test(path)) values.set(path, parsed(yaml, text, path));
  const made = places.flatMap((place): [string, string][] => {
    const [example] = hasEnvFile({ texts }, place) ? [] : examplesIn({ tracked, texts }, place);
    return example === undefined ? [] : [[madeOfExample(example), example]];
  });
  const ignored = await files.ignored(
    folder,
    made.map(([path]) => path),
    signal,
  );
  // A name that reads as a pattern means other files.
  const standIns = new Map(made.filter(([path]) => ignored.has(path) && !/[*?[\]{}]/.test(path)));
  return { paths, tracked, texts, standIns, yaml: values };
}

/** Projects of Nx that may be applications. */
function nxProjects(facts: Pick<RepositoryFacts, 'paths'>): readonly string[] {
  if (!facts.paths.has('nx.json')) return [];
  const isLibrary = (folder: string): boolean => isAside(folder) || /(?:^|\/)libs?(?:\/|$)/.test(folder);
  return foldersWith(facts, 'project.json')
    .filter((folder) => !isLibrary(folder))
    .slice(0, maxSettings);
}

/** Schemas of Prisma's, which may be several files of a folder. */
function prismaSchemas(paths: ReadonlySet<string>): readonly string[] {
  const found = [...paths].filter((path) => path.endsWith('.prisma') && path.split('/').length <= maxDepth + 2);
  return found.sort((one, other) => one.split('/').length - other.split('/').length).slice(0, maxRustSources);
}

/** Where a project of Django says which database it has. */
function djangoSettings(paths: ReadonlySet<string>): readonly string[] {
  const file = /(?:^|\/)settings(?:\.py|\/(?:__init__|base|common|dev|development|local)\.py)$/;
  return [...paths].filter((path) => path.split('/').length <= maxDepth + 1 && file.test(path)).slice(0, maxSettings);
}

/** Where a program of Go makes its server, if that is no part of its main function. */
function goServers(paths: ReadonlySet<string>): readonly string[] {
  const file = /(?:^|\/)(?:server|config|api|http|app)\/(?!\w*_test\.)\w+\.go$/;
  return [...paths].filter((path) => path.split('/').length <= maxDepth && file.test(path)).slice(0, maxSettings);
}

/** Where a package of Rust may say its port; what it says deeper inside is not looked for. */
function rustSources(paths: ReadonlySet<string>, places: readonly string[]): string[] {
  const folders = places.filter((place) => paths.has(inFolder(place, 'Cargo.toml')));
  const starts = folders.map((place) => inFolder(place, 'src/'));
  return [...paths]
    .filter((path) =>
      starts.some((start) => path.startsWith(start) && /^(?:\w+\/)?\w+\.rs$/.test(path.slice(start.length))),
    )
    .sort((one, other) => one.split('/').length - other.split('/').length)
    .slice(0, maxRustSources);
}

function parsed(yaml: Pick<YamlTexts, 'parse'>, text: string, path: string): PlainValue {
  try {
    return yaml.parse(text, path);
  } catch {
    return null;
  }
}

/** The compose files that belong together, as Compose finds them in a folder; the first is the one that it begins with. */
export function composeFiles(paths: ReadonlySet<string>): string[] {
  const names = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
  const overrides = [
    'compose.override.yml',
    'compose.override.yaml',
    'docker-compose.override.yml',
    'docker-compose.override.yaml',
  ];
  const usual = (folder: string): string[] => {
    const first = names.map((name) => inFolder(folder, name)).find((path) => paths.has(path));
    const over = overrides.map((name) => inFolder(folder, name)).find((path) => paths.has(path));
    return first === undefined ? [] : over === undefined ? [first] : [first, over];
  };
  // Those that Compose does not find by itself, and that say whom they are for.
  const named = (folder: string): string[] =>
    [...paths]
      .filter(
        (path) =>
          folderOf(path) === folder && /(?:^|\/)(?:docker-)?compose[.-](?:dev|development|local)\.ya?ml$/.test(path),
      )
      .sort()
      .slice(0, 1);
  const folders = [...new Set([...paths].map(folderOf))].filter((path) => path.split('/').length <= 2).sort();
  const develops = folders.filter((each) =>
    /^(?:\.?(?:docker|deploy|infra|compose)\/)?(?:dev|development|local)$/.test(each),
  );
  const others = folders.filter((each) => /^(?:\.?docker|deploy|infra|compose)$/.test(each));
  const found = [
    usual('.'),
    named('.'),
    ...develops.map(usual),
    ...others.flatMap((each) => [named(each), usual(each)]),
  ];
  return found.find((files) => files.length > 0) ?? [];
}
