import type { Candidate } from './shared/candidate';
import { has, isAside, textOf, type RepositoryFacts } from './facts';
import { nodeFrameworks, type NodeFramework } from './nodeFrameworks';
import { namedFiles, type NodePackage } from './nodePackage';
import { scriptRuns, withoutOverride, withoutVariables, type ScriptRun } from './nodeScripts';
import { baseName } from './shared/paths';

/** The servers that a package starts while people develop: at most a site and what it asks. */
export function nodeServices(facts: RepositoryFacts, found: NodePackage): Candidate[] {
  if (isAside(found.folder) || isWindow(facts, found)) return [];
  const runs = scriptRuns(found);
  const known = nodeFrameworks.filter(({ packages }) => packages.some((name) => found.dependencies.has(name)));
  const whole = known.find(({ isWhole }) => isWhole);
  const site = whole ?? known.find(({ kind }) => kind === 'site');
  const ofSite = site && (ownServer(facts, found, site, runs) ?? ofFramework(facts, found, site, runs));
  const others = runs.filter(({ text }) => site === undefined || !site.program.test(text));
  const server = whole
    ? undefined
    : (known.find(({ kind }) => kind === 'server') ?? plainServer(facts, found, others, ofSite));
  const ofServer = server && ofFramework(facts, found, server, others);
  return [ofSite, ofServer].flatMap((candidate) => candidate ?? []);
}

/** The page of a desktop app, beside others; alone it is what a repository is about. */
export function isWindow(facts: RepositoryFacts, { folder }: NodePackage): boolean {
  return folder !== '.' && has(facts, folder, 'src-tauri/tauri.conf.json', 'src-tauri/tauri.conf.json5');
}

/** A program of Node.js without a framework, where one is started and no site is. */
function plainServer(
  facts: RepositoryFacts,
  found: NodePackage,
  runs: readonly ScriptRun[],
  site: Candidate | undefined,
): NodeFramework | undefined {
  // A command that people type.
  if (found.isCommand) return undefined;
  const express = nodeFrameworks.find(({ title }) => title === 'Express');
  const run =
    express &&
    runs
      .filter(({ text }) => express.program.test(withoutVariables(text)))
      .find((each) => startsServer(each.script) || isServer.test(entryText(facts, found, each) ?? ''));
  if (!express || !run) return undefined;
  const source = entryText(facts, found, run);
  const listens = source === undefined ? undefined : isServer.test(source);
  // Beside a site only what surely listens: scripts start much else.
  if (site && !listens) return undefined;
  return { ...express, title: listens === false ? 'a program of Node.js' : 'a server of Node.js', packages: [] };
}

/** Where that is which a package's own entry only loads. */
export const ownServers = ['server/index.ts', 'server/index.js', 'server/server.ts', 'server/main.ts', 'server/app.ts'];

/** What people develop a site with where it is a part of a server of the package's own: that server hands over what the site needs. */
function ownServer(
  facts: RepositoryFacts,
  found: NodePackage,
  { title, isWhole, program, defaultPort, kind }: NodeFramework,
  runs: readonly ScriptRun[],
): Candidate | undefined {
  const run = runs.find(({ script = '' }) => /^(?:dev|develop|start:dev)$/.test(script));
  const express = nodeFrameworks.find((each) => each.title === 'Express');
  if (!isWhole || kind !== 'site' || run?.script === undefined || program.test(withoutVariables(run.text)))
    return undefined;
  if (!express?.program.test(withoutVariables(run.text))) return undefined;
  const sources = [entryText(facts, found, run), ...ownServers.map((name) => textOf(facts, found.folder, name))];
  const source = sources.find((text) => text !== undefined && isServer.test(text));
  if (source === undefined) return undefined;
  const { port, why } = portOf({ ...express, defaultPort }, source);
  return {
    name: found.folder === '.' ? 'web' : baseName(found.folder),
    folder: found.folder,
    role: 'web',
    kind: `${title} in a server of its own`,
    command: commandOf(found, express, run),
    port,
    ...(ownsApi(facts, found) ? { ownsApi: true } : {}),
    guesses: why === undefined ? {} : { port: why },
  };
}

/** By its name: scripts start much else with Node.js. One that is a part of another has the name of the whole. */
function startsServer(script: string | undefined): boolean {
  const starts =
    /^(?:dev|develop|start|serve)(?:[:_-]|$)|(?:^|[:_-])(?:dev|start|serve|server|worker|workers|watch)$|^(?:api|web|bot|queue)$/;
  return script === undefined || starts.test(script);
}

const viteConfigs = ['vite.config.ts', 'vite.config.js', 'vite.config.mts', 'vite.config.mjs'];
const isServer = /\blisten\(|createServer\(|\bserve\(|\bDeno\.serve|\bBun\.serve|NestFactory/;
const heedsPort =
  /\benv(?:ironment)?(?:\.|\[['"]|\(['"])PORT\b|\{[^{}]{0,300}\bPORT\b[^{}]{0,300}\}\s*=\s*process\.env/;

function ofFramework(
  facts: RepositoryFacts,
  found: NodePackage,
  framework: NodeFramework,
  runs: readonly ScriptRun[],
): Candidate | undefined {
  const fitting = runs.filter(({ text }) => framework.program.test(withoutVariables(text)));
  const run = fitting.find(({ text }) => !runsBuilt(facts, found, text)) ?? fitting[0];
  const isSite = framework.kind === 'site';
  if (!run && !isStartable(facts, found, framework)) return undefined;
  const own = run ? undefined : runs.find(({ script = '' }) => /^(?:dev|develop|start:dev)$/.test(script));
  if (own?.script !== undefined && framework.isWhole) return byOwnScript(found, framework, own.script);
  const isTold = isSite || framework.isWhole || /\bfastify start\b/.test(run?.text ?? '');
  const source = isTold ? undefined : entryText(facts, found, run);
  const isWorker = framework.packages.length === 0 && source !== undefined && !isServer.test(source);
  const port = isTold
    ? { port: scriptPort(run) ?? configuredPort(facts, found) ?? framework.defaultPort }
    : portOf(framework, source);
  return {
    name: found.folder === '.' ? (isSite ? 'web' : 'api') : baseName(found.folder),
    folder: found.folder,
    role: isWorker ? 'worker' : isSite ? 'web' : 'api',
    kind: framework.title,
    command: commandOf(found, framework, run),
    ...(isWorker ? {} : { port: port.port }),
    ...(isSite && framework.isWhole && ownsApi(facts, found) ? { ownsApi: true } : {}),
    ...(framework.health === undefined ? {} : { health: framework.health }),
    ...(framework.env === undefined ? {} : { env: framework.env }),
    ...(source !== undefined && /['"`]\/api\b/.test(source) ? { routes: ['/api'] } : {}),
    ...(run && /\bwatch\b|--watch/.test(run.text) && /tailwindcss|esbuild/.test(run.text) ? { stdin: true } : {}),
    guesses: {
      ...(run ? {} : { command: `${framework.title} is among the dependencies, and no script starts it` }),
      ...(isWorker || port.why === undefined ? {} : { port: port.why }),
    },
  };
}

/** Where people develop by a program that is built on a framework, and known by nobody here: `keystone dev` of one with Next.js in it. */
function byOwnScript(
  { folder, manager }: NodePackage,
  { title, kind, defaultPort }: NodeFramework,
  script: string,
): Candidate {
  const isSite = kind === 'site';
  return {
    name: folder === '.' ? (isSite ? 'web' : 'api') : baseName(folder),
    folder,
    role: isSite ? 'web' : 'api',
    kind: title,
    command: manager.script(script, '.'),
    port: defaultPort,
    guesses: { port: `the program of its script "${script}" is not known; let it listen on process.env.PORT` },
  };
}

/** Whether a command runs what only a build makes. */
function runsBuilt(facts: RepositoryFacts, { folder }: NodePackage, text: string): boolean {
  const [, file] = /(?:^|\s)(?:\.\/)?((?:build|dist|out)\/[\w./-]+\.[cm]?js)(?=\s|$)/.exec(text) ?? [];
  return file !== undefined && !has(facts, folder, file);
}

/** The same of a command that starts a script of the package: `yarn start --services=worker`. */
export function runsBuiltScript(facts: RepositoryFacts, found: NodePackage, command: Candidate['command']): boolean {
  const text = [command ?? []].flat().join(' ');
  const [, script = ''] = /^(?:npm|pnpm|yarn|bun)(?: run)? ([\w:-]+)/.exec(text) ?? [];
  return runsBuilt(facts, found, found.scripts.get(script) ?? text);
}

/** Where a site listens while people develop, if its configuration of Vite says so: others name it by that port. */
function configuredPort(facts: RepositoryFacts, { folder }: NodePackage): number | undefined {
  const [text = ''] = viteConfigs.flatMap((name) => textOf(facts, folder, name) ?? []);
  const [, said = ''] = /\bserver\s*:\s*\{[^}]{0,2000}?\bport\s*:\s*([^,}\n]{1,80})/.exec(text) ?? [];
  const [, port] = /^(\d{2,5})\b/.exec(said) ?? /\bPORT\b\W{1,9}(\d{2,5})\b/.exec(said) ?? [];
  return port === undefined ? undefined : Number(port);
}

/** The same, if its script says so. */
function scriptPort(run: ScriptRun | undefined): number | undefined {
  const [, port] = /(?:^|\s)(?:(?:-p|--port)[ =]|PORT=)(\d{2,5})(?=\s|$)/.exec(run?.text ?? '') ?? [];
  return port === undefined ? undefined : Number(port);
}

/** Where the frameworks whose pages are files have what answers below `/api`. */
const apiFiles =
  /^(?:src\/)?(?:app\/(?:\([^)/]*\)\/)*api\/(?:[^/]+\/)*route\.[jt]sx?$|(?:pages|server)\/api\/|(?:app\/)?routes\/(?:\([^)/]*\)\/)*api[./])/;

function ownsApi(facts: RepositoryFacts, { folder }: NodePackage): boolean {
  const start = folder === '.' ? '' : `${folder}/`;
  return [...facts.paths].some((path) => path.startsWith(start) && apiFiles.test(path.slice(start.length)));
}

/** Whether a framework that no script starts has something to show. */
function isStartable(facts: RepositoryFacts, { folder, scripts }: NodePackage, framework: NodeFramework): boolean {
  // A library has one among what it is tried with.
  if (framework.isWhole) return scripts.size === 0 || folder === '.';
  if (framework.kind === 'site') return has(facts, folder, 'index.html') && scripts.size === 0;
  return has(facts, folder, 'server.js');
}

/** Started in the package's own folder. */
function commandOf({ manager }: NodePackage, framework: NodeFramework, run: ScriptRun | undefined): string {
  const text = run === undefined ? framework.develop : run.text;
  const heeding = withoutOverride(text, manager);
  if (heeding !== undefined) return heeding;
  const plain = withoutVariables(text);
  const setsPort = /(?:^|\s)PORT=/.test(text.slice(0, text.length - plain.length));
  const hasPort = /(?:^|\s)(?:-p|--port)[ =]\d+/.test(plain);
  const more = framework.portArguments ?? (framework.isWhole && (hasPort || setsPort) ? '--port $(PORT)' : undefined);
  if (run?.script !== undefined && (!setsPort || more !== undefined)) return manager.script(run.script, '.', more);
  const direct = `${plain}${more === undefined ? '' : ` ${more}`}`;
  return /^(?:node|bun|deno)\b/.test(plain) ? direct : manager.program(direct);
}

/** The file that a script starts, as far as it was read. */
function entryText(facts: RepositoryFacts, found: NodePackage, run: ScriptRun | undefined): string | undefined {
  const named = run === undefined ? [] : (run.text.match(namedFiles) ?? []);
  const usual = [
    'src/main.ts',
    'src/server.ts',
    'src/index.ts',
    'src/app.ts',
    'src/index.js',
    'server.js',
    'app.js',
    'index.js',
  ];
  const sources = [...named.toReversed(), ...(found.main === undefined ? [] : [found.main])].map((file) =>
    file.replace(/^\.\//, ''),
  );
  const all = [
    ...sources,
    ...sources.map((file) => file.replace(/^(?:dist|build|lib)\//, 'src/').replace(/\.js$/, '.ts')),
    ...usual,
  ];
  const [first] = all.flatMap((file) => textOf(facts, found.folder, file) ?? []);
  return first;
}

function portOf(framework: NodeFramework, source = ''): { readonly port: number; readonly why?: string } {
  const [, standard] = /PORT\b['")\]]*\s*(?:\|\||\?\?|,)\s*['"]?(\d{2,5})/.exec(source) ?? [];
  if (heedsPort.test(source)) return { port: Number(standard ?? framework.defaultPort) };
  const [, fixed] =
    /\blisten\(\s*\{?\s*(?:port:\s*)?(\d{2,5})/i.exec(source) ?? /\bport\s*[:=]\s*(\d{2,5})/i.exec(source) ?? [];
  if (fixed === undefined)
    return { port: framework.defaultPort, why: 'its source says no port; let it listen on process.env.PORT' };
  return {
    port: Number(fixed),
    why: 'its source names this port; let it listen on process.env.PORT, so that two environments can run at once',
  };
}
