import { imageKind } from '../../../core/clusters/imageKinds';
import type { UsedToolName } from '../../../core/usedTool';
import { isPlainList, isPlainMapping, plainText, type PlainMapping } from '../../../core/proposedFile';
import { serviceName } from '../shared/candidate';
import { isOutside } from './canonicalService';
import type { ComposeProject } from './composeProject';
import { serviceDependencies } from './serviceDependencies';
import { withoutMarks } from './interpolate';
import { serviceFolder } from './serviceFolder';

/**
 * What a service of Compose is here: `own` is the project's, by its files; `image` is a program of others; `off` is in none of the
 * profiles that are on, `tests` is started by who tests the others, `idle` keeps a
 * container running for people to work in, `none` has no image that could be named or built.
 */
export type ServiceClass = 'own' | 'tests' | 'idle' | 'database' | 'backing' | 'tool' | 'image' | 'off' | 'none';

/** A project whose services have a class each, and the name that they have here. */
export interface ClassifiedProject {
  readonly project: ComposeProject;
  readonly classes: ReadonlyMap<string, ServiceClass>;
  /** By the name in the file. */
  readonly names: ReadonlyMap<string, string>;
  /** The service that is the environment's database; undefined: there is none, or it is a service like others. */
  readonly database: string | undefined;
  /** Those that an environment uses, each with its tool, by the name in the file. */
  readonly used: ReadonlyMap<string, UsedToolName>;
  /** Those that become services. */
  readonly kept: ReadonlySet<string>;
  readonly of: (wanted: ServiceClass) => readonly string[];
  readonly service: (name: string) => PlainMapping;
  /** The image that it runs; of one that is built and runs what its image begins with, that image. */
  readonly image: (name: string) => string;
}

/**
 * @param isAlone whether nothing but the compose file says what is run: then images of others are what there is
 * @param isKnown whether the files of a service's folder say what it runs
 * @param baseOf the image that a service's own begins with and runs as it is; undefined: it runs something of its own
 */
export function classifiedProject(
  project: ComposeProject,
  isAlone: boolean,
  isKnown: (name: string, service: PlainMapping) => boolean = () => false,
  baseOf: (name: string) => string | undefined = () => undefined,
): ClassifiedProject {
  const bases = new Map([...project.services].map(([name, service]) => [name, serverBase(service, baseOf(name))]));
  const image = (name: string): string => bases.get(name) ?? imageOf(project.services.get(name) ?? {});
  const classes = new Map(
    [...project.services].map(([name, service]) => [name, classOf(service, project.profiles, bases.get(name))]),
  );
  const called = [...classes].flatMap(([name, kind]) =>
    kind === 'own' && runsTests(name, project.services.get(name) ?? {}) ? [name] : [],
  );
  const others = [...project.services].filter(([name]) => !called.includes(name)).map(([, service]) => service);
  // What others wait for or ask serves them.
  const tests = called.filter((name) => !others.some((service) => needs(service, name)));
  // One that is called so and stands alone is what the repository is about.
  if ([...classes.values()].filter((kind) => kind === 'own').length > tests.length)
    for (const name of tests) classes.set(name, 'tests');
  for (const [name, service] of project.services)
    if (classes.get(name) === 'own' && isIdle(service) && (isOfEditor(service) || !isKnown(name, service)))
      classes.set(name, 'idle');
  const names = new Map<string, string>();
  for (const name of project.services.keys()) names.set(name, serviceName(name, new Set(names.values())));
  const of = (wanted: ServiceClass): string[] =>
    [...classes].flatMap(([name, kind]) => (kind === wanted ? [name] : []));
  const own = of('own');
  const images = isAlone && own.length === 0 ? of('image') : [];
  const servers =
    isAlone && own.length === 0 && images.length === 0 ? [...of('database'), ...of('backing'), ...of('tool')] : [];
  // A file of servers alone has the two for who chooses between them, and one is chosen.
  const isInstead = (tool: UsedToolName): boolean =>
    own.length === 0 && of('database').length > 0 && (tool === 'mysql' || tool === 'mariadb');
  return {
    ...{ project, classes, names, of, image },
    database: servers.length > 0 ? undefined : of('database')[0],
    used: new Map(
      servers.length > 0
        ? []
        : of('backing').flatMap((name): [string, UsedToolName][] => {
            const tool = imageKind(image(name))?.tool;
            return tool === undefined || isInstead(tool) ? [] : [[name, tool]];
          }),
    ),
    kept: new Set([...own, ...images, ...servers]),
    service: (name) => project.services.get(name) ?? {},
  };
}

/** A server whose image the project makes only to give it files: what it runs is the server. */
function serverBase({ command, entrypoint }: PlainMapping, base: string | undefined): string | undefined {
  if (base === undefined || command !== undefined || entrypoint !== undefined) return undefined;
  const known = imageKind(base);
  return known?.kind === 'postgres' || known?.tool !== undefined ? base : undefined;
}

function classOf(service: PlainMapping, on: readonly string[], base: string | undefined): ServiceClass {
  const profiles = isPlainList(service['profiles']) ? service['profiles'].map(String) : [];
  if (profiles.length > 0 && !profiles.some((profile) => on.includes(profile) || on.includes('*'))) return 'off';
  const { build } = service;
  if (
    base === undefined &&
    isPlainMapping(build) &&
    typeof build['context'] === 'string' &&
    !isOutside(build['context'])
  )
    return 'own';
  const known = imageKind(base ?? imageOf(service))?.kind;
  if (known !== undefined) return known === 'postgres' ? 'database' : known;
  // The project's own files in somebody's image, such as node:24, with a command.
  if (serviceFolder(service).isMounted && service['command'] !== undefined) return 'own';
  return usableImage(service) === undefined ? 'none' : 'image';
}

/** By its name, or that of the Dockerfile that it is built by: `e2e`, `web-tests`, `Dockerfile.playwright`. */
export function runsTests(name: string, { build }: PlainMapping): boolean {
  const dockerfile = isPlainMapping(build) && typeof build['dockerfile'] === 'string' ? build['dockerfile'] : '';
  return (
    /(?:^|[-_])(?:e2e|playwright|cypress|tests?|test-?runner)$/i.test(name) ||
    /(?:^|\/)(?:Dockerfile[.-])(?:e2e|playwright|cypress|tests?)$|(?:^|\/)(?:e2e|playwright|cypress|tests?)\.Dockerfile$/i.test(
      withoutMarks(dockerfile),
    )
  );
}

function needs(service: PlainMapping, name: string): boolean {
  return serviceDependencies(service).has(name) || JSON.stringify(service['environment'] ?? {}).includes(`//${name}:`);
}

/** Built for an editor, without the repository's files: it runs nothing of the folder that its build sees. */
function isOfEditor(service: PlainMapping): boolean {
  const dockerfile = isPlainMapping(service['build']) ? service['build']['dockerfile'] : undefined;
  return !serviceFolder(service).isMounted && /(?:^|\/)\.devcontainer\//.test(plainText(dockerfile ?? ''));
}

/** It waits for somebody who starts programs in its container, and does no more before that than to make the container ready. */
export function isIdle({ entrypoint, command }: PlainMapping): boolean {
  const text = [entrypoint ?? [], command ?? []]
    .flatMap((said) => (isPlainList(said) ? said.map(String) : plainText(said)))
    .join(' ');
  const plain = text.replace(/^(?:\/bin\/)?(?:ba)?sh\s+-l?c\s+/, '').replace(/^(["'])([^]*)\1$/, '$2');
  const parts = plain.split('&&').map((part) => part.trim());
  return (
    /^(?:exec\s+)?(?:sleep\s+inf(?:inity)?|tail\s+-[fF]\s+\/dev\/null|while\s+(?:sleep\s+\d+|true|:)\s*;\s*do\s+(?::|sleep\s+\d+)\s*;?\s*done)$/.test(
      parts.at(-1) ?? '',
    ) && parts.slice(0, -1).every((part) => /^(?:sudo\s+)?(?:chown|chmod|mkdir|git config)\s/.test(part))
  );
}

/** An image as coppice.yaml takes it. */
export function usableImage(service: PlainMapping): string | undefined {
  const image = imageOf(service);
  return /^[A-Za-z0-9][A-Za-z0-9._:/@+-]*$/.test(image) ? image : undefined;
}

/** Without the marks of variables that are not known. */
export function imageOf(service: PlainMapping): string {
  return withoutMarks(typeof service['image'] === 'string' ? service['image'] : '');
}
