import { isPlainList, isPlainMapping, plainText, type PlainMapping, type PlainValue } from '../../core/proposedFile';
import type { Candidate } from './shared/candidate';
import { isIdle, runsTests } from './compose/classifiedProject';
import type { ComposeImport } from './compose/composeImport';
import { importCompose } from './compose/importCompose';
import type { ImportContext } from './compose/importService';
import { loadCompose } from './compose/loadCompose';
import { serviceFolder } from './compose/serviceFolder';
import type { DevcontainerFacts } from './devcontainer';
import { examplesIn } from './envFiles';
import type { RepositoryFacts } from './facts';
import { composeFiles } from './gatherFacts';
import type { InitPorts } from './initPorts';
import { inPythonProject, projectOf, pythonProjects } from './pythonServices';
import { dockerfileKind } from './repositoryServices';
import { readDockerfile, type DockerfileFacts } from './shared/dockerfile';
import { folderOf, inFolder, pathInRepository } from './shared/paths';
import { variablesIn } from './shared/variablesIn';

/** Servers beside whose program the site of the same folder has one of its own. */
const withSite = /^(?:Laravel|Rails|Django)$/;

/** What a container of a folder runs that has several. */
function mainOf(found: readonly Candidate[]): Candidate | undefined {
  return found.find(({ kind }) => withSite.test(kind)) ?? found[0];
}

/** Whether what is started in a folder serves its pages, while a site there serves their scripts. */
export function isSiteBeside({ folder, kind }: Candidate, services: readonly Candidate[]): boolean {
  return kind === 'Vite' && services.some((other) => other.folder === folder && withSite.test(other.kind));
}

/** Which script of a package a command starts. */
function scriptOf(command: PlainValue | undefined): string | undefined {
  const text = (isPlainList(command) ? command : [command ?? '']).map(plainText).join(' ');
  return /^(?:npm|pnpm|yarn|bun)(?: run)? ([\w:.-]+)/.exec(text)?.[1];
}

/** What a repository's compose files become, and what else they say. */
export interface ComposeFound extends ComposeImport {
  /** Files of variables that git ignores and its services read, by their paths. */
  readonly ignored: ReadonlyMap<string, string>;
  /** What its services are told as DATABASE_URL. */
  readonly databaseUrls: readonly string[];
}

/** @returns undefined: it has none */
export async function composeOf(
  { files, yaml }: InitPorts,
  folder: string,
  facts: RepositoryFacts,
  known: readonly Candidate[],
  devcontainer: DevcontainerFacts | undefined,
): Promise<ComposeFound | undefined> {
  const found = composeFiles(facts.paths);
  const paths = found.length > 0 ? found : (devcontainer?.composeFiles ?? []);
  const [first] = paths;
  if (first === undefined) return undefined;
  const place = folderOf(first);
  const env = inFolder(place, '.env');
  const ignored = (await files.read(folder, env)) ?? '';
  const isPublic = facts.tracked.has(env);
  // What git does not have may be a secret, and coppice.yaml is committed: only what everybody can read is written down.
  const [exampleFile = ''] = examplesIn(facts, place);
  const example = facts.texts.get(exampleFile) ?? (await files.read(folder, exampleFile)) ?? '';
  const values = new Map([...variablesIn(example), ...(isPublic ? variablesIn(ignored) : [])]);
  const own = new Map(variablesIn(ignored));
  const chosen =
    named(own.get('COMPOSE_FILE'))?.map((path) => pathInRepository(place, path) ?? inFolder(place, path)) ?? paths;
  const project = await loadCompose(chosen, {
    read: (path) => files.read(folder, path),
    isTracked: (path) => facts.tracked.has(path),
    texts: yaml,
    lookUp: (name) => values.get(name),
    profiles: named(own.get('COMPOSE_PROFILES')) ?? [],
  });
  const dockerfiles = new Map<string, DockerfileFacts>();
  for (const [name, service] of project.services) {
    const { build } = service;
    if (typeof build !== 'object' || build === null || Array.isArray(build) || !('context' in build)) continue;
    const wanted = typeof build['dockerfile'] === 'string' ? build['dockerfile'] : 'Dockerfile';
    const path = pathInRepository(plainText(build['context']), wanted) ?? '';
    const text = facts.tracked.has(path) ? await files.read(folder, path) : undefined;
    const target = typeof build['target'] === 'string' ? build['target'] : undefined;
    if (text !== undefined) dockerfiles.set(name, readDockerfile(text, target));
  }
  const there = new Map<string, string>();
  for (const path of envFilesOf(project.services)) {
    const example = facts.texts.get(facts.standIns?.get(path) ?? '');
    const text = facts.texts.get(path) ?? example ?? (await files.read(folder, path));
    if (text !== undefined) there.set(path, text);
  }
  const inFolderOf = (at: string): [string, PlainMapping][] =>
    [...project.services].filter(([name, service]) => {
      if (runsTests(name, service)) return false;
      const { folder: place, isMounted } = serviceFolder(service);
      return place === at && (isMounted || service['build'] !== undefined);
    });
  const isOf = (at: string): Candidate[] =>
    known.filter(({ folder: place, kind }) => place === at && kind !== dockerfileKind);
  /**
   * Where several share a folder, that one which says nothing of what it runs, or the script that its files start, which is told its port
   * there; the others run what the file says.
   */
  const owns = (at: string, name: string): boolean => {
    const all = inFolderOf(at);
    const silent = all.filter(
      ([, service]) => (service['command'] === undefined && service['entrypoint'] === undefined) || isIdle(service),
    );
    const script = scriptOf(mainOf(isOf(at))?.command);
    const same = all.filter(([, { command }]) => script !== undefined && scriptOf(command) === script);
    // A mail catcher is often built in the app's own folder, of nothing that is there.
    const made = silent.filter(
      ([each, service]) => serviceFolder(service).isMounted || dockerfiles.get(each)?.hasFiles !== false,
    );
    const [only, ...others] = [made, silent, same].find((each) => each.length > 0) ?? [];
    return all.length === 1 || (others.length === 0 && only?.[0] === name);
  };
  const projects = pythonProjects(facts);
  const ports: ImportContext = {
    reserved: yaml.reserved,
    dockerfile: (name) => dockerfiles.get(name),
    // What the Dockerfile says is asked for each service by itself: its compose file may say something else.
    known: (at, name) => (owns(at, name) ? mainOf(isOf(at)) : undefined),
    inProject(at, command) {
      const project = projectOf(projects, at);
      return project === undefined ? command : inPythonProject(project, command);
    },
    kindOf: (path) => {
      if (facts.tracked.has(path)) return 'tracked';
      if (!there.has(path)) return 'absent';
      return facts.paths.has(path) ? 'loose' : 'ignored';
    },
    textOf: (path) => (facts.tracked.has(path) ? there.get(path) : undefined),
    // One that git neither has nor ignores comes into no worktree.
    envFile: !facts.paths.has(env) && ignored !== '' ? env : undefined,
  };
  return {
    ...importCompose(project, ports, known.length === 0),
    databaseUrls: [...project.services.values()].flatMap(({ environment }) =>
      isPlainMapping(environment) ? plainText(environment['DATABASE_URL'] ?? '') : [],
    ),
    ignored: new Map([...there].filter(([path]) => ports.kindOf(path) === 'ignored')),
  };
}

function envFilesOf(services: ReadonlyMap<string, PlainMapping>): string[] {
  return [...services.values()].flatMap(({ env_file: list }) =>
    (isPlainList(list) ? list : []).flatMap((file) => (isPlainMapping(file) ? plainText(file['path'] ?? null) : [])),
  );
}

/** A list in a variable of Compose's, unless it is made of other variables. */
function named(value: string | undefined): string[] | undefined {
  return value === undefined || value === '' || value.includes('$') ? undefined : value.split(/[:,;]/);
}
