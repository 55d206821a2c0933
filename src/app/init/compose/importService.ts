import { isPlainList, isPlainMapping, plainText, type PlainMapping } from '../../../core/proposedFile';
import type { Candidate, Guesses, LeftOut } from '../shared/candidate';
import type { DockerfileFacts } from '../shared/dockerfile';
import { isOutside } from './canonicalService';
import { imageOf, usableImage, type ClassifiedProject } from './classifiedProject';
import { composeCommand } from './composeCommand';
import { composeEnvFiles, type FileKind } from './composeEnvFiles';
import { withAddresses } from './composeEnvironment';
import { environmentWithFiles } from './environmentWithFiles';
import { LeftKeys } from './leftKeys';
import { environmentContext } from './environmentContext';
import { serviceDependencies } from './serviceDependencies';
import { imageEnv } from './imageEnv';
import { runsOnce, sharesImage } from './serviceRuns';
import { composePorts, publishedPorts, serviceBuild, serviceHealth, serviceReplicas } from './serviceFacts';
import { serviceFolder } from './serviceFolder';

export interface ImportContext {
  /** Names that Coppice sets itself. */
  readonly reserved: ReadonlySet<string>;
  /** Of the service's build; undefined: it has none that can be read. */
  dockerfile(service: string): DockerfileFacts | undefined;
  /** The service that is known to be in a folder by what its files say. */
  known(folder: string, service: string): Candidate | undefined;
  /** A command as it is run in a folder of this machine, where its program is one of the folder's dependencies. */
  inProject(folder: string, command: readonly string[]): readonly string[];
  /** The file that services get variables from which Compose fills in; undefined: there is none. */
  readonly envFile: string | undefined;
  readonly kindOf: (path: string) => FileKind;
  /** What everybody can read of a file of variables; undefined: git does not have it. */
  readonly textOf: (path: string) => string | undefined;
}

export interface ImportedService {
  readonly candidate: Candidate;
  readonly leftOut: readonly LeftOut[];
}

const ownAddress =
  'a service has an address of its environment instead of a port of this machine, and a name by its variables';
const inContainer = 'runs in a container only: on a cluster that runs containers write replicas: 1';

/** A service of the project itself: as a process of this machine where it can be one. */
export function ownService(name: string, found: ClassifiedProject, context: ImportContext): ImportedService {
  const service = found.service(name);
  const left = new LeftKeys();
  const { folder, isMounted } = serviceFolder(service);
  const known = context.known(folder, name);
  const dockerfile = context.dockerfile(name);
  const port = portOf(service, sharesImage(name, found) ? undefined : dockerfile, left) ?? known?.port;
  const once = runsOnce(name, found);
  const isAsked = isAskedAt(port, once, service, left);
  const said = composeCommand(service, dockerfile, port);
  const here = said && withAddresses(said.argv, environmentContext(found, context.reserved, port));
  const argv = here && context.inProject(folder, here);
  // What is one of the project's own programs is better known than a guess; a program of the image alone is not.
  const isBetter = known?.guesses?.command !== undefined && argv !== here;
  const command = known?.command === undefined || isBetter ? said : undefined;
  const runs = (command && argv) ?? known?.command;
  for (const key of ['command', 'entrypoint']) {
    if (known && command === undefined && runs !== undefined)
      left.leave(key, `${known.kind} is started by its own script here`);
    else if (runs === undefined) left.leave(key, 'its program is in the image only');
    else left.carry(key);
  }
  const { build, rest } = serviceBuild(service, folder);
  if (build) left.carry('build');
  for (const key of rest)
    left.leave(`build.${key}`, 'images are built with context, dockerfile, target and args alone');
  const image = build ? undefined : usableImage(service);
  if (image !== undefined) left.carry('image');
  carryMounts(service, isMounted, left);
  const health = isAsked ? (healthOf(service, port, left) ?? known?.health) : undefined;
  const common = commonOf(name, service, found, context, left, isAsked ? port : undefined);
  const env = {
    ...(command?.from === 'Dockerfile' ? imageEnv(dockerfile, service, port, context) : {}),
    ...known?.env,
    ...common.env,
  };
  const candidate: Candidate = {
    ...common,
    name: found.names.get(name) ?? name,
    folder,
    role: isAsked ? roleOf(name, known) : 'worker',
    kind: known?.kind ?? 'a service of the compose file',
    ...(runs === undefined ? {} : { command: runs }),
    ...(isAsked ? { port, ...publishedPorts(service, known?.port) } : {}),
    ...(isAsked && known?.ownsApi ? { ownsApi: true } : {}),
    ...(health === undefined ? {} : { health }),
    ...(Object.keys(env).length === 0 ? {} : { env }),
    ...(build ? { build } : {}),
    ...(image === undefined ? {} : { image, ...(isMounted ? { mount: true } : {}) }),
    ...(once ? { once } : {}),
    ...(known?.stdin ? { stdin: true } : {}),
    ...(isAsked && known?.routes !== undefined ? { routes: known.routes } : {}),
    guesses: {
      ...common.guesses,
      ...guessesOf(command === undefined ? known : undefined, command?.from, runs, found.project.files[0] ?? ''),
    },
  };
  return { candidate, leftOut: left.leftOut(found.project.files[0] ?? '', name, Object.keys(service)) };
}

/** Programs of languages and systems, which run what they are given. */
const plainImages =
  /(?:^|\/)(?:node|python|ruby|golang|rust|php|openjdk|eclipse-temurin|maven|gradle|bun|deno|busybox|alpine|debian|ubuntu|bash|composer)(?::|@|$)/;

/** An image of others, for a cluster that runs containers. */
export function imageService(name: string, found: ClassifiedProject, context: ImportContext): ImportedService {
  const service = found.service(name);
  const left = new LeftKeys();
  const port = portOf(service, undefined, left);
  const once = runsOnce(name, found);
  const isAsked = isAskedAt(port, once, service, left);
  const health = isAsked ? healthOf(service, port, left) : undefined;
  const isWhole = service['entrypoint'] !== undefined || plainImages.test(imageOf(service));
  const command = isWhole ? composeCommand(service, undefined, undefined) : undefined;
  for (const key of ['command', 'entrypoint']) {
    if (command) left.carry(key);
    else left.leave(key, 'the image has an entrypoint that these are arguments of; write the whole command');
  }
  left.carry('image');
  const candidate: Candidate = {
    ...commonOf(name, service, found, context, left, isAsked ? port : undefined),
    name: found.names.get(name) ?? name,
    folder: '.',
    role: isAsked ? roleOf(name) : 'worker',
    kind: 'an image of others',
    image: imageOf(service),
    ...(command ? { command: command.argv } : {}),
    ...(isAsked ? { port } : {}),
    ...(health === undefined ? {} : { health }),
    ...(once ? { once } : {}),
    // Others' addresses are theirs: nothing is said of paths below the environment's.
    routes: [],
    guesses: { service: inContainer },
  };
  return { candidate, leftOut: left.leftOut(found.project.files[0] ?? '', name, Object.keys(service)) };
}

function commonOf(
  name: string,
  service: PlainMapping,
  found: ClassifiedProject,
  context: ImportContext,
  left: LeftKeys,
  port: number | undefined,
): Pick<Candidate, 'env' | 'envFile' | 'copy' | 'replicas' | 'stdin' | 'dependsOn' | 'guesses'> {
  const ofFiles = composeEnvFiles(service['env_file'], context.kindOf, left);
  const texts = ofFiles.envFile.flatMap((path) => context.textOf(path) ?? []);
  const { env, leftOut, needsEnvFile, guess } = environmentWithFiles(
    service['environment'],
    texts,
    environmentContext(found, context.reserved, port),
  );
  left.carry('environment', 'env_file', 'depends_on', 'scale', 'stdin_open');
  for (const [variable, reason] of leftOut) left.leave(`environment.${variable}`, reason);
  const envFile = [
    ...new Set([...(needsEnvFile && context.envFile !== undefined ? [context.envFile] : []), ...ofFiles.envFile]),
  ];
  const { replicas, isWhole } = serviceReplicas(service);
  if (!isWhole) left.leave('scale', 'at most 20 of a service run');
  else if (isPlainMapping(service['deploy']) && Object.keys(service['deploy']).join() === 'replicas')
    left.carry('deploy');
  const dependsOn = dependencies(service, found, left);
  if (/^on-failure:/.test(plainText(service['restart'] ?? '')))
    left.leave('restart', 'a service that ends is started again, however often it was');
  else if (service['restart'] !== 'no') left.carry('restart');
  return {
    ...(Object.keys(env).length === 0 ? {} : { env }),
    ...(envFile.length === 0 ? {} : { envFile }),
    ...(ofFiles.copy.length === 0 ? {} : { copy: ofFiles.copy }),
    ...(replicas === undefined ? {} : { replicas }),
    ...(service['stdin_open'] === true ? { stdin: true } : {}),
    ...(Object.keys(dependsOn).length === 0 ? {} : { dependsOn }),
    ...(guess === undefined ? {} : { guesses: { env: guess } }),
  };
}

const conditions = {
  service_started: 'started',
  service_healthy: 'healthy',
  service_completed_successfully: 'completed',
} as const;

function dependencies(
  service: PlainMapping,
  found: ClassifiedProject,
  left: LeftKeys,
): NonNullable<Candidate['dependsOn']> {
  const result: Record<string, 'started' | 'healthy' | 'completed'> = {};
  const { depends_on: said } = service;
  for (const [other, how] of serviceDependencies(service)) {
    const condition = isPlainMapping(how) ? how['condition'] : undefined;
    const word = Object.entries(conditions).find(([key]) => key === condition)?.[1] ?? 'started';
    if (found.kept.has(other)) result[found.names.get(other) ?? other] = word;
    // The database is there before any service starts, and what is used is waited for by all.
    else if (other !== found.database && !found.used.has(other) && isPlainMapping(said) && Object.hasOwn(said, other))
      left.leave(`depends_on.${other}`, `${other} is not carried over`);
    for (const key of Object.keys(isPlainMapping(how) ? how : {}))
      if (key !== 'condition')
        left.leave(
          `depends_on.${other}.${key}`,
          'a service waits for its dependencies when it starts, and needs them all',
        );
  }
  return result;
}

/** Whether it has a port here: what runs to its end has none, whatever it says. */
function isAskedAt(port: number | undefined, once: boolean, service: PlainMapping, left: LeftKeys): port is number {
  if (once)
    for (const key of ['ports', 'expose'])
      if (service[key] !== undefined) left.leave(key, 'a service that runs to its end has no address');
  return port !== undefined && !once;
}

function portOf(service: PlainMapping, dockerfile: DockerfileFacts | undefined, left: LeftKeys): number | undefined {
  const { port, isWhole } = composePorts(service, dockerfile);
  if (isWhole) left.carry('ports', 'expose');
  for (const each of isPlainList(service['ports']) ? service['ports'] : [])
    for (const key of Object.keys(isPlainMapping(each) ? each : {}))
      if (key !== 'target' && key !== 'protocol') left.leave(`ports.${key}`, ownAddress);
  return port;
}

function healthOf(service: PlainMapping, port: number, left: LeftKeys): string | undefined {
  const health = serviceHealth(service, port);
  if (health === undefined) return undefined;
  left.carry('healthcheck');
  const { healthcheck } = service;
  for (const key of Object.keys(isPlainMapping(healthcheck) ? healthcheck : {}))
    if (key !== 'test') left.leave(`healthcheck.${key}`, 'a service is asked every second until it is ready');
  return health;
}

/** The worktree's own files are where the service runs. */
function carryMounts(service: PlainMapping, isMounted: boolean, left: LeftKeys): void {
  const mounts = isPlainList(service['volumes']) ? service['volumes'] : [];
  const isCarried = mounts.every(
    (mount) => isPlainMapping(mount) && mount['type'] === 'bind' && !isOutside(plainText(mount['source'])),
  );
  if (isMounted && isCarried && mounts.length === 1) left.carry('volumes');
  if (isMounted) left.carry('working_dir');
}

function guessesOf(known: Candidate | undefined, from: string | undefined, runs: unknown, file: string): Guesses {
  if (runs === undefined) return { service: inContainer };
  if (known) return known.guesses ?? {};
  return { command: `as ${from === 'Dockerfile' ? 'the Dockerfile' : file} says, for a process of this machine` };
}

function roleOf(name: string, known?: Candidate): Candidate['role'] {
  // Who only knows its program may not have seen that it answers. A server that brings pages of its own is called after them.
  if (known && known.role !== 'worker')
    return /^(?:.*-)?(?:web|site|www|ui|admin|dashboard|result)$/i.test(name) ? 'web' : known.role;
  return /web|front|client|\bui\b|app|site|www|vote|result|proxy|nginx|dashboard|admin|flower/i.test(name)
    ? 'web'
    : 'api';
}
