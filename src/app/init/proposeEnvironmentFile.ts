import type { RepositoryFiles } from '../../core/ports/repositoryFiles';
import type { YamlTexts } from '../../core/ports/yamlTexts';
import { isPlainList, isPlainMapping, plainText, type PlainMapping } from '../../core/proposedFile';
import type { UseCase } from '../run/run';
import { serviceName, type Candidate, type LeftOut } from './shared/candidate';
import type { ComposeImport } from './compose/composeImport';
import { importCompose } from './compose/importCompose';
import type { ImportContext } from './compose/importService';
import { loadCompose } from './compose/loadCompose';
import { serviceFolder } from './compose/serviceFacts';
import { templateName, type DatabaseProposal } from './databaseProposal';
import { readDevcontainer, type DevcontainerFacts } from './devcontainer';
import { readDockerfile, type DockerfileFacts } from './shared/dockerfile';
import { askedPorts, envFilesProposal } from './envFiles';
import { databaseUrls, driverUrl } from './driverUrl';
import type { RepositoryFacts } from './facts';
import { composeFiles, devcontainerFiles, gatherFacts } from './gatherFacts';
import { baseName, folderOf, inFolder, pathInRepository } from './shared/paths';
import type { Proposal, ProposalChoices, ProposalQuestion } from './proposal';
import { proposedFile, type Decided } from './proposedFile';
import { dockerfileKind, moreSetup, repositoryServices, whyNotInSetup } from './repositoryServices';
import { inPythonProject, pythonProjects } from './pythonServices';
import { routing } from './routing';
import type { UsedHere } from './shared/usedReference';
import { variablesIn } from './shared/variablesIn';
import { usedOfMachine } from './usedOfMachine';
import { runsTests } from './compose/classifiedProject';

export interface InitPorts {
  readonly files: RepositoryFiles;
  readonly yaml: YamlTexts;
}

export interface ProposeRequest {
  /** The root of a worktree. */
  readonly folder: string;
  readonly choices?: ProposalChoices;
}

/** What coppice.yaml could be, by what the repository's own files say. Reads a bounded number of them, and runs and writes nothing. */
export function proposeEnvironmentFile({ files, yaml }: InitPorts): UseCase<ProposeRequest, Proposal> {
  return async ({ folder, choices = {} }, { signal }) => {
    const facts = await gatherFacts(files, yaml, folder, signal);
    const devcontainer = devcontainerOf(facts);
    const known = repositoryServices(facts);
    const compose = await composeOf({ files, yaml }, folder, facts, known.services, devcontainer);
    const hasDatabase = known.database !== undefined || compose?.database !== undefined;
    const found = [...known.services, ...(compose?.services ?? [])];
    const uses = [...(compose?.uses ?? []), ...usedOfMachine(facts, found, compose?.uses ?? [], hasDatabase)];
    const all = together(known.services, compose, uses);
    const because =
      known.database?.because ??
      (compose?.database === undefined ? undefined : `the service ${compose.database} of ${compose.files[0] ?? ''}`);
    const services = choices.services === undefined ? all : all.filter(({ name }) => choices.services?.includes(name));
    const wantsDatabase = hasDatabase && choices.database !== false;
    const database: DatabaseProposal | undefined = wantsDatabase
      ? withoutMigrateOf(services, known.database ?? { because: because ?? '' })
      : undefined;
    const folders = services.map((service) => service.folder);
    const databaseHosts = compose?.databaseHosts ?? [];
    const ledTo = { services, databaseHosts: wantsDatabase ? databaseHosts : undefined, uses };
    const env = envFilesProposal(facts, folders, ledTo, compose?.ignored);
    const decided: Decided = {
      services: routing(services, known.proxied, askedPorts(facts, folders)),
      setup: [
        ...known.setup,
        ...moreSetup(
          devcontainer ? commandsIn(devcontainer).filter((each) => whyNotInSetup(each) === undefined) : [],
          known.setup,
        ),
      ],
      database: database && {
        ...database,
        ...driverUrl([...(compose?.databaseUrls ?? []), ...databaseUrls(facts, folders)], facts),
        template: templateName(repositoryName(facts, folder)),
      },
      databaseHosts,
      uses,
      env,
      exampleTexts: new Map([...env.examples].map(([at, path]) => [at, facts.texts.get(path) ?? ''])),
      trackedTexts: new Map(
        [...env.tracked].map(([at, paths]) => [at, paths.map((path) => facts.texts.get(path) ?? '').join('\n')]),
      ),
      leftOut: [
        ...(compose?.leftOut ?? []),
        ...(compose ? notAwaited(services, compose) : []),
        ...(devcontainer?.leftOut ?? []),
        ...(devcontainer ? leftSetup(devcontainer) : []),
        ...known.leftOut,
        ...env.untracked.map((file) => ({ file, path: '', reason: notIgnored })),
        ...env.shortened.map(({ file, name }) => ({ file, path: name, reason: notCarried })),
      ],
    };
    return proposedFile(decided, yaml, questions(all, because));
  };
}

/** Each command by itself, as far as one text runs several in turn. */
function commandsIn({ setup }: DevcontainerFacts): (string | readonly string[])[] {
  return setup.flatMap((command): (string | readonly string[])[] => {
    if (typeof command !== 'string' || /"[^"]*&&[^"]*"|'[^']*&&[^']*'/.test(command)) return [command];
    return command.split('&&').map((part) => part.trim());
  });
}

function leftSetup(devcontainer: DevcontainerFacts): LeftOut[] {
  const { file } = devcontainer;
  return commandsIn(devcontainer).flatMap((command) => {
    const reason = whyNotInSetup(command);
    const text = [command].flat().join(' ');
    return reason === undefined ? [] : [{ file, path: text.length > 60 ? `${text.slice(0, 60)}…` : text, reason }];
  });
}

const notIgnored =
  'git neither has nor ignores it, so that no worktree gets it; where it is to be copied into them, name it in .gitignore and run init again';

const notCarried =
  'the path in its address is not carried over, since git ignores the file and has this one: add it to what patch says of it where it may be known';

function questions(all: readonly Candidate[], because: string | undefined): ProposalQuestion[] {
  const services = all.map(({ name, kind, folder }) => ({
    name,
    what: folder === '.' ? kind : `${kind} in ${folder}`,
  }));
  return [
    ...(all.length > 1 ? [{ kind: 'services', services } as const] : []),
    ...(because === undefined ? [] : [{ kind: 'database', because } as const]),
  ];
}

function devcontainerOf(facts: RepositoryFacts): DevcontainerFacts | undefined {
  const file = devcontainerFiles.find((path) => facts.texts.has(path));
  return file === undefined ? undefined : readDevcontainer(file, facts.texts.get(file) ?? '');
}

interface ComposeFound extends ComposeImport {
  /** Files of variables that git ignores and its services read, by their paths. */
  readonly ignored: ReadonlyMap<string, string>;
  /** What its services are told as DATABASE_URL. */
  readonly databaseUrls: readonly string[];
}

async function composeOf(
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
  const exampleFile = inFolder(place, '.env.example');
  const example = facts.tracked.has(exampleFile) ? (facts.texts.get(exampleFile) ?? '') : '';
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
    const text = facts.texts.get(path) ?? (await files.read(folder, path));
    if (text !== undefined) there.set(path, text);
  }
  const inFolderOf = (at: string): [string, PlainMapping][] =>
    [...project.services].filter(([name, service]) => {
      if (runsTests(name, service)) return false;
      const { folder: place, isMounted } = serviceFolder(service);
      return place === at && (isMounted || service['build'] !== undefined);
    });
  /** Where several share a folder, that one which says nothing of what it runs; the others run what the file says. */
  const owns = (at: string, name: string): boolean => {
    const all = inFolderOf(at);
    const silent = all.filter(([, { command, entrypoint }]) => command === undefined && entrypoint === undefined);
    return all.length === 1 || (silent.length === 1 && silent[0]?.[0] === name);
  };
  const projects = pythonProjects(facts);
  const ports: ImportContext = {
    reserved: yaml.reserved,
    dockerfile: (name) => dockerfiles.get(name),
    // What the Dockerfile says is asked for each service by itself: its compose file may say something else.
    known: (at, name) =>
      owns(at, name) ? known.find(({ folder: place, kind }) => place === at && kind !== dockerfileKind) : undefined,
    inProject(at, command) {
      const project = projects.find((each) => each.folder === at);
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

/** Services of the compose file, and those that it does not know, under names that differ. */
function together(
  known: readonly Candidate[],
  compose: ComposeImport | undefined,
  uses: readonly UsedHere[],
): Candidate[] {
  const own = compose?.services ?? [];
  const folders = new Set(own.map(({ folder }) => folder));
  const others = known.filter(
    ({ folder, kind }) => !folders.has(folder) && !(own.length > 0 && kind === 'a process of the Procfile'),
  );
  const all = [...own, ...others];
  // What runs in containers only stands still where something else runs on this machine.
  const runs = all.some(({ command, kind }) => command !== undefined && kind !== 'an image of others');
  const taken = new Set(uses.map(({ name }) => name));
  return all.map((candidate) => {
    const name = serviceName(candidate.name, taken);
    taken.add(name);
    const stands = runs && candidate.command === undefined;
    if (!stands) return { ...candidate, name };
    const { once: _, ...rest } = candidate;
    return { ...rest, name, replicas: 0 };
  });
}

/** Nobody waits for what does not run. */
function notAwaited(services: readonly Candidate[], { names, files }: ComposeImport): LeftOut[] {
  const named = (name: string): string => names.get(name) ?? name;
  return services.flatMap(({ name, dependsOn = {} }) =>
    Object.keys(dependsOn)
      .filter((other) => (services.find((each) => each.name === other)?.replicas ?? 1) === 0)
      .map((other) => ({
        file: files[0] ?? '',
        path: `services.${named(name)}.depends_on.${named(other)}`,
        reason: `${named(other)} does not run here (replicas: 0), so that nobody waits for it`,
      })),
  );
}

/** What a service of its own does once in each environment is not done in the template as well. */
function withoutMigrateOf(services: readonly Candidate[], database: DatabaseProposal): DatabaseProposal {
  const text = (command: string | readonly string[] | undefined): string => [command ?? []].flat().join(' ');
  const migrates = services.find(({ once, command }) => once && text(command) === text(database.migrate));
  if (!migrates || database.migrate === undefined) return database;
  const { migrate: _, ...rest } = database;
  return { ...rest, migratedBy: migrates.name };
}

function repositoryName(facts: RepositoryFacts, folder: string): string {
  try {
    const json: unknown = JSON.parse(facts.texts.get('package.json') ?? '');
    const name: unknown = typeof json === 'object' && json !== null ? Reflect.get(json, 'name') : undefined;
    // Of the root of several packages it often says no more than that.
    if (typeof name === 'string' && name !== '' && !/(?:^|\/)(?:root|monorepo|workspace)$/.test(name)) return name;
  } catch {
    // No package, or one that cannot be read: the folder has a name as well.
  }
  return baseName(folder.replaceAll('\\', '/').replace(/\/+$/, ''));
}
