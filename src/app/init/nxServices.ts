import { commandWord } from '../../core/text/commandWord';
import { isPlainList, isPlainMapping, plainText, type PlainMapping } from '../../core/proposedFile';
import { foldersWith, has, isAside, textOf, type RepositoryFacts } from './facts';
import { jsonWithComments } from './jsonWithComments';
import type { NodePackage } from './nodePackage';
import type { Candidate } from './shared/candidate';
import { literal } from './shared/literal';
import { baseName } from './shared/paths';

/** What a plug-in of Nx finds an application by, and how that is served. Seen with Nx 22; nx.dev/technologies. */
interface NxPlugin {
  readonly plugin: string;
  readonly configs: readonly string[];
  /** Names of options that name the target, the better first, and what it is called where none does. */
  readonly options: readonly string[];
  readonly target: string;
  readonly kind: string;
  readonly port: number;
}

const ends = (name: string): string[] => ['ts', 'mts', 'js', 'mjs', 'cjs'].map((end) => `${name}.${end}`);
const [dev, serve] = ['devTargetName', 'serveTargetName'];

const plugins: readonly NxPlugin[] = [
  { plugin: '@nx/next', configs: ends('next.config'), options: [dev], target: 'dev', kind: 'Next.js', port: 3000 },
  { plugin: '@nx/nuxt', configs: ends('nuxt.config'), options: [serve], target: 'serve', kind: 'Nuxt', port: 3000 },
  {
    ...{ plugin: '@nx/react/router', configs: ends('react-router.config'), options: [dev], target: 'dev' },
    ...{ kind: 'React Router', port: 5173 },
  },
  { plugin: '@nx/remix', configs: ends('remix.config'), options: [dev], target: 'dev', kind: 'Remix', port: 3000 },
  { plugin: '@nx/vite', configs: ends('vite.config'), options: [dev, serve], target: 'dev', kind: 'Vite', port: 4200 },
  {
    plugin: '@nx/rsbuild',
    configs: ends('rsbuild.config'),
    options: [dev],
    target: 'dev',
    kind: 'Rsbuild',
    port: 3000,
  },
  {
    plugin: '@nx/rspack',
    configs: ends('rspack.config'),
    options: [serve],
    target: 'serve',
    kind: 'Rspack',
    port: 4200,
  },
  {
    ...{ plugin: '@nx/webpack', configs: ends('webpack.config'), options: [serve], target: 'serve' },
    ...{ kind: 'webpack', port: 4200 },
  },
];

/** What a target of an application is called that serves it. */
const targets = ['serve', 'dev', 'start'];
/** Its programs of Node.js listen where PORT says. */
const ofNode = /^@n(?:x|rwl)\/(?:js:node|node:\w)/;
/** Dev servers of sites take a port as their option. */
const ofSite = /:(?:[\w-]+-)?dev-server(?:$|-)|^@n(?:x|rwl)\/(?:next|nuxt):server$/;

/** Applications of a workspace of Nx, which its plug-ins or a project.json start, and no script of a package. */
export function nxServices(facts: RepositoryFacts, packages: readonly NodePackage[]): Candidate[] {
  const workspace = textOf(facts, '.', 'nx.json');
  const root = packages.find(({ folder }) => folder === '.');
  if (workspace === undefined || !root) return [];
  const options = pluginOptions(jsonWithComments(workspace));
  const folders = new Set([
    ...foldersWith(facts, 'project.json'),
    ...packages.map(({ folder }) => folder),
    ...plugins.flatMap(({ configs }) => configs.flatMap((name) => foldersWith(facts, name))),
  ]);
  return [...folders].sort().flatMap((folder): Candidate[] => {
    if (isAside(folder) || /-e2e$/.test(folder)) return [];
    const own = packages.find((each) => each.folder === folder);
    // A script is known better by its package.
    if (own && folder !== '.' && targets.some((each) => own.scripts.has(each))) return [];
    const project = projectOf(facts, folder);
    const name = typeof project['name'] === 'string' ? project['name'] : (own?.name ?? baseName(folder));
    const found = ofTargets(project) ?? ofPlugins(facts, folder, project, options);
    if (!found) return [];
    const { target, kind, port, isNode } = found;
    const run = `nx run ${commandWord(literal(`${name}:${target}`))}${isNode ? '' : ' --port $(PORT)'}`;
    return [
      {
        name: folder === '.' ? (isNode ? 'api' : 'web') : baseName(folder),
        folder,
        role: isNode ? 'api' : 'web',
        kind: `${kind} by Nx`,
        command: root.manager.program(run),
        port,
      },
    ];
  });
}

interface Served {
  readonly target: string;
  readonly kind: string;
  readonly port: number;
  readonly isNode: boolean;
}

/** What a project.json says itself. */
function ofTargets({ targets: said, projectType }: PlainMapping): Served | undefined {
  if (!isPlainMapping(said) || projectType === 'library') return undefined;
  for (const target of targets) {
    const row = said[target];
    const executor = isPlainMapping(row) ? plainText(row['executor'] ?? '') : '';
    const isNode = ofNode.test(executor);
    // What a command of its own takes is not known.
    if (!isPlainMapping(row) || (!isNode && !ofSite.test(executor))) continue;
    const port = isPlainMapping(row['options']) ? Number(row['options']['port']) : NaN;
    return {
      target,
      kind: isNode ? 'a server of Node.js' : 'a site',
      port: port > 0 ? port : isNode ? 3000 : 4200,
      isNode,
    };
  }
  return undefined;
}

function ofPlugins(
  facts: RepositoryFacts,
  folder: string,
  { projectType }: PlainMapping,
  options: ReadonlyMap<string, PlainMapping>,
): Served | undefined {
  for (const { plugin, configs, options: names, target, kind, port } of plugins) {
    const own = options.get(plugin);
    if (!own || projectType === 'library' || !has(facts, folder, ...configs)) continue;
    // Tests and libraries have the configuration of a bundler as well; an application shows a page.
    const isPage = projectType === 'application' || has(facts, folder, 'index.html', 'src/index.html');
    if (/vite|webpack|rspack|rsbuild/.test(plugin) && !isPage) continue;
    const named = names.map((name) => own[name]).find((each) => typeof each === 'string');
    return { target: typeof named === 'string' ? named : target, kind, port, isNode: false };
  }
  return undefined;
}

/** A project.json, or what stands for one in a package.json. */
function projectOf(facts: RepositoryFacts, folder: string): PlainMapping {
  const json = jsonWithComments(textOf(facts, folder, 'project.json') ?? '');
  if (isPlainMapping(json)) return json;
  const found = jsonWithComments(textOf(facts, folder, 'package.json') ?? '');
  const own = isPlainMapping(found) ? found['nx'] : undefined;
  return isPlainMapping(own) ? own : {};
}

/** By the plug-in's name without its last word. It may stand there alone, or with options. */
function pluginOptions(workspace: unknown): Map<string, PlainMapping> {
  const list = isPlainMapping(workspace) ? workspace['plugins'] : undefined;
  return new Map(
    (isPlainList(list) ? list : []).flatMap((entry): [string, PlainMapping][] => {
      const name = isPlainMapping(entry) ? entry['plugin'] : entry;
      const options = isPlainMapping(entry) ? entry['options'] : undefined;
      return typeof name === 'string'
        ? [[name.replace(/[/-]plugin$/, ''), isPlainMapping(options) ? options : {}]]
        : [];
    }),
  );
}
