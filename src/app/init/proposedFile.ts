import type { YamlTexts } from '../../core/ports/yamlTexts';
import type { PlainMapping, PlainValue, ProposedComment } from '../../core/proposedFile';
import type { LeftOut, SetupStep } from './shared/candidate';
import type { DatabaseProposal } from './databaseProposal';
import { withOwnAddresses, type UsedHere } from './shared/usedReference';
import type { UsedOfMachine } from './usedOfMachine';
import { patched, type EnvFilesProposal } from './envFiles';
import type { Proposal, ProposalQuestion } from './proposal';
import type { Routed } from './routing';
import { starterFile } from './starterFile';

/** All that is known, before it is a text. */
export interface Decided {
  readonly services: readonly Routed[];
  readonly setup: readonly SetupStep[];
  readonly database: (DatabaseProposal & { readonly template: string }) | undefined;
  /** By which services of a compose file reach it. */
  readonly databaseHosts: readonly string[];
  readonly uses: readonly (UsedHere | UsedOfMachine)[];
  readonly env: EnvFilesProposal;
  /** By the folder, the text of the example that stands for a file of variables. */
  readonly exampleTexts: ReadonlyMap<string, string>;
  /** By the folder, the text of its files of variables that git has. */
  readonly trackedTexts: ReadonlyMap<string, string>;
  readonly leftOut: readonly LeftOut[];
}

const header = [
  'Coppice: every git worktree of this repository gets these services, and a URL of its own.',
  'Written by "coppice init" from what the repository says.',
];

/** The text of a proposal, with a comment where something was guessed, and at its end what was left out. */
export function proposedFile(
  decided: Decided,
  yaml: Pick<YamlTexts, 'render'>,
  questions: readonly ProposalQuestion[],
): Proposal {
  const { services, setup, database, uses, env, leftOut } = decided;
  const guesses: { path: string; text: string }[] = [];
  const comments: ProposedComment[] = [];
  const guess = (path: readonly string[], text: string): void => {
    guesses.push({ path: path.join('.'), text });
    comments.push({ path, text: `A guess: ${text}.` });
  };
  if (services.length === 0) {
    const isKnown = false;
    return {
      text:
        starterFile +
        footer(leftOut)
          .map((line) => `# ${line}\n`)
          .join(''),
      services: [],
      database: undefined,
      uses: [],
      guesses,
      leftOut,
      questions: [],
      isKnown,
    };
  }
  const value: Record<string, PlainValue> = { version: 1 };
  const copy = [
    ...new Set([...env.standIns.keys(), ...env.copy, ...services.flatMap((service) => service.copy ?? [])]),
  ];
  if (copy.length > 0) {
    value['copy'] = copy.map((file) => {
      const example = env.standIns.get(file);
      return example === undefined ? file : { file, example };
    });
    const instead = env.standIns.size === 0 ? '' : '; where that has none, what stands for it here';
    comments.push({ path: ['copy'], text: `Files that git ignores, from the main worktree${instead}.` });
  }
  if (setup.length > 0) {
    value['setup'] = setup;
    comments.push({ path: ['setup'], text: 'Run in each new worktree before anything is started.' });
  }
  if (Object.keys(env.patch).length > 0) {
    value['patch'] = Object.fromEntries(
      Object.entries(env.patch).map(([file, values]) => [file, addressed(values, services)]),
    );
    comments.push({ path: ['patch'], text: 'What is this environment’s own in a copied file.' });
  }
  if (uses.length > 0) {
    value['uses'] = Object.fromEntries(uses.map(({ name, tool }) => [name, tool]));
    comments.push({
      path: ['uses'],
      text:
        'Each environment has its own of these; services wait for them and find them in variables such as ' +
        `${(uses[0]?.name ?? '').toUpperCase().replaceAll('-', '_')}_URL.`,
    });
  }
  for (const used of uses) if ('because' in used) guess(['uses', used.name], `wanted because of ${used.because}`);
  value['services'] = Object.fromEntries(services.map((service) => [service.name, serviceValue(service, decided)]));
  for (const service of services) {
    for (const [key, text] of Object.entries(service.guesses ?? {})) {
      const path = ['services', service.name, ...(key === 'service' ? [] : [key])];
      if (key === 'service' && service.replicas !== 0) continue;
      if (key !== 'service' && !(key in serviceValue(service, decided))) continue;
      guess(path, text);
    }
  }
  if (database) {
    const { template, url, migrate, seed, inputs, because, migratedBy } = database;
    value['database'] = {
      template,
      ...(url === undefined ? {} : { url }),
      ...(migrate === undefined ? {} : { migrate }),
      ...(seed === undefined ? {} : { seed }),
      ...(inputs === undefined ? {} : { inputs }),
    };
    comments.push({
      path: ['database'],
      text: 'A PostgreSQL database for every worktree, cloned from a template; services find theirs in DATABASE_URL.',
    });
    guess(['database'], `wanted because of ${because}`);
    if (url !== undefined) guess(['database', 'url'], 'the driver’s own word before the address of DATABASE_URL');
    if (migratedBy !== undefined) guess(['database', 'template'], `its tables are made by the service ${migratedBy}`);
    else if (migrate === undefined)
      guess(
        ['database', 'template'],
        'nothing says how its tables are made; where services do not do it themselves, add migrate',
      );
  }
  return {
    text: yaml.render({ header, value, comments, footer: footer(leftOut) }),
    services: services.map(({ name, folder, kind, command }) => ({
      name,
      folder,
      kind,
      runs: command === undefined ? undefined : [command].flat().join(' '),
    })),
    database: database?.template,
    uses: uses.map(({ name, tool }) => ({ name, tool })),
    guesses,
    leftOut,
    questions,
    isKnown: true,
  };
}

/** The address of a service with routes is that of the environment: the paths that it answers stay as they are. */
function addressed(values: Readonly<Record<string, string>>, services: readonly Routed[]): Record<string, string> {
  const others = services
    .filter(({ host }) => host === undefined)
    .map(({ name }) => `$(COPPICE_URL_${name.toUpperCase().replaceAll('-', '_')})`);
  const of = (text: string): string =>
    others.reduce((result, variable) => result.replaceAll(variable, '$(COPPICE_URL)'), text);
  return Object.fromEntries(Object.entries(values).map(([name, text]) => [name, of(text)]));
}

function serviceValue(service: Routed, decided: Decided): PlainMapping {
  const { env, exampleTexts, trackedTexts, services, database, databaseHosts, uses } = decided;
  const { folder, command, image, mount, build, port, health, routes, host, replicas, once, stdin, dependsOn } =
    service;
  const example = service.envFile?.length ? undefined : env.examples.get(folder);
  // A file at the root is often read by all; what git has of it is in each worktree, with the addresses of one machine.
  const texts = [
    trackedTexts.get('.'),
    ...(folder === '.' ? [] : [trackedTexts.get(folder)]),
    example === undefined ? undefined : exampleTexts.get(folder),
  ];
  const ofFiles = patched(texts.join('\n'), { services, databaseHosts: database && databaseHosts, uses }, false);
  delete ofFiles['DATABASE_URL'];
  const ofSchema = Object.fromEntries((database?.variables ?? []).map((name) => [name, '$(DATABASE_URL)']));
  const variables = withOwnAddresses({ ...ofFiles, ...ofSchema, ...service.env }, uses);
  const files = [...new Set([...(service.envFile ?? []), ...(example === undefined ? [] : [example])])];
  const awaited = Object.entries(dependsOn ?? {}).flatMap(([name, how]) => {
    const other = services.find((each) => each.name === name);
    if (!other || other.replicas === 0) return [];
    return [[name, other.once ? 'completed' : how === 'completed' ? 'started' : how] as const];
  });
  const isWhole =
    build !== undefined && build.dockerfile === undefined && build.target === undefined && build.args === undefined;
  return {
    ...(folder === '.' || command === undefined ? {} : { folder }),
    ...(command === undefined ? {} : { command }),
    ...(image === undefined ? {} : { image }),
    ...(mount ? { mount } : {}),
    ...(build === undefined ? {} : { build: isWhole ? build.context : { ...build } }),
    ...(port === undefined ? {} : { port }),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined || routes === undefined || routes.length === 0 ? {} : { routes }),
    ...(port === undefined || health === undefined ? {} : { health }),
    ...(files.length === 0 ? {} : { envFile: files }),
    ...(Object.keys(variables).length === 0 ? {} : { env: addressed(variables, services) }),
    ...(awaited.length === 0 ? {} : { dependsOn: Object.fromEntries(awaited) }),
    ...(once ? { once } : {}),
    ...(stdin ? { stdin } : {}),
    ...(replicas === undefined || once ? {} : { replicas }),
  };
}

/** What was left out, one line a reason: where many services say the same, they stand together. */
export function footer(leftOut: readonly LeftOut[]): string[] {
  if (leftOut.length === 0) return [];
  const groups = new Map<string, { file: string; paths: string[]; reason: string }>();
  for (const { file, path, reason } of leftOut) {
    const key = `${file}\0${reason}`;
    const group = groups.get(key) ?? { file, paths: [], reason };
    if (path !== '') group.paths.push(path);
    groups.set(key, group);
  }
  const lines = [...groups.values()].map(
    ({ file, paths, reason }) =>
      `- ${[file, ...(paths.length === 0 ? [] : [`(${paths.join(', ')})`])].join(' ')}: ${reason}.`,
  );
  return ['Not carried over:', ...lines];
}
