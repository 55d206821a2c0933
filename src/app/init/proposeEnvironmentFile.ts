import { usedTools } from '../../core/uses/usedTools';
import type { UseCase } from '../run/run';
import type { ComposeImport } from './compose/composeImport';
import { composeOf, isSiteBeside } from './composeFound';
import { templateName, type DatabaseProposal } from './databaseProposal';
import { readDevcontainer, type DevcontainerFacts } from './devcontainer';
import { databaseUrls, driverUrl } from './driverUrl';
import { askedPorts, envFilesProposal } from './envFiles';
import type { RepositoryFacts } from './facts';
import { devcontainerFiles, gatherFacts } from './gatherFacts';
import type { InitPorts } from './initPorts';
import type { Proposal, ProposalChoices, ProposalQuestion } from './proposal';
import { proposedFile, type Decided } from './proposedFile';
import { moreSetup, repositoryServices, whyNotInSetup } from './repositoryServices';
import { routing } from './routing';
import { serviceName, type Candidate, type LeftOut } from './shared/candidate';
import { baseName, isBelow } from './shared/paths';
import type { UsedHere } from './shared/usedReference';
import { withToldPorts } from './toldPorts';
import { usedOfMachine } from './usedOfMachine';
import { withTables } from './usedTables';

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
    const hasDatabase =
      (known.database !== undefined && !isChoiceOf(known.database, compose)) || compose?.database !== undefined;
    const found = [...known.services, ...(compose?.services ?? [])];
    const uses = [...(compose?.uses ?? []), ...usedOfMachine(facts, found, compose?.uses ?? [], hasDatabase)];
    const joined = together(known.services, compose, uses);
    const all = hasDatabase ? joined : withTables(joined, uses, known.tables);
    const because =
      known.database?.because ??
      (compose?.database === undefined ? undefined : `the service ${compose.database} of ${compose.files[0] ?? ''}`);
    const told = withToldPorts(facts, all);
    const services =
      choices.services === undefined ? told : told.filter(({ name }) => choices.services?.includes(name));
    const wantsDatabase = hasDatabase && choices.database !== false;
    const database: DatabaseProposal | undefined = wantsDatabase
      ? withoutMigrateOf(services, known.database ?? { because: because ?? '' })
      : undefined;
    const folders = services.map((service) => service.folder);
    const databaseHosts = compose?.databaseHosts ?? [];
    const places = [...(compose?.databaseUrls ?? []).map((each) => [each]), ...databaseUrls(facts, folders)];
    const url = wantsDatabase ? driverUrl(places, facts) : undefined;
    const ledTo = {
      services,
      databaseHosts: wantsDatabase ? databaseHosts : undefined,
      databaseUrl: url,
      databaseVariables: database?.variables,
      uses,
    };
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
        ...(url === undefined ? {} : { url }),
        template: templateName(repositoryName(facts, folder)),
      },
      databaseHosts,
      uses,
      env,
      exampleTexts: new Map(
        [...env.examples].map(([at, path]) => [at, facts.texts.get(env.standIns.get(path) ?? path) ?? '']),
      ),
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
    return proposedFile(decided, yaml, questions(all, hasDatabase ? because : undefined));
  };
}

/** A driver of PostgreSQL is one choice among several where the compose file starts another database, and nothing migrates. */
function isChoiceOf({ migrate }: DatabaseProposal, compose: ComposeImport | undefined): boolean {
  return migrate === undefined && (compose?.uses ?? []).some(({ tool }) => usedTools[tool].isDatabase);
}

/** Each command by itself, as far as one text runs several in turn. */
function commandsIn({ setup }: DevcontainerFacts): (string | readonly string[])[] {
  return setup.flatMap((command): (string | readonly string[])[] => {
    if (typeof command !== 'string' || /"(?:[^"&]|&(?!&))*&&[^"]*"|'(?:[^'&]|&(?!&))*&&[^']*'/.test(command))
      return [command];
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

/** Services of the compose file, and those that it does not know, under names that differ. */
function together(
  known: readonly Candidate[],
  compose: ComposeImport | undefined,
  uses: readonly UsedHere[],
): Candidate[] {
  const own = compose?.services ?? [];
  const folders = new Set(own.map(({ folder }) => folder));
  // What is a guess there is known better by a compose file that starts it in a folder of its project.
  const isSaid = ({ folder, guesses }: Candidate): boolean =>
    folders.has(folder) || (guesses?.command !== undefined && [...folders].some((each) => isBelow(each, folder)));
  const others = known.filter(
    (each) =>
      (!isSaid(each) || isSiteBeside(each, own)) && !(own.length > 0 && each.kind === 'a process of the Procfile'),
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
