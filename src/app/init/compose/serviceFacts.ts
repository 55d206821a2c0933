import { isPlainList, isPlainMapping, plainText, type PlainMapping, type PlainValue } from '../../../core/proposedFile';
import type { BuildProposal } from '../shared/candidate';
import type { DockerfileFacts } from '../shared/dockerfile';
import { withoutMarks } from './interpolate';
import { isOutside } from './canonicalService';
import type { ClassifiedProject } from './classifiedProject';

/** The names by which others reach it: its own, and those that its container has. */
export function serviceHosts(name: string, { hostname, container_name: container, networks }: PlainMapping): string[] {
  const aliases = Object.values(isPlainMapping(networks) ? networks : {}).flatMap((network) =>
    isPlainMapping(network) && isPlainList(network['aliases']) ? network['aliases'] : [],
  );
  return [name, hostname, container, ...aliases].flatMap((each) => (typeof each === 'string' ? [each] : []));
}

/** The names by which services reach the database that an environment has of its own; none: there is none. */
export function databaseHosts({ database, service }: Pick<ClassifiedProject, 'database' | 'service'>): string[] {
  return database === undefined ? [] : serviceHosts(database, service(database));
}

/** The port that has a name, and whether the file says no other one. */
export function composePorts(
  service: PlainMapping,
  dockerfile: DockerfileFacts | undefined,
): { readonly port: number | undefined; readonly isWhole: boolean } {
  const { ports, expose } = service;
  const published = (isPlainList(ports) ? ports : []).flatMap((port) =>
    isPlainMapping(port)
      ? [{ target: Number(withoutMarks(plainText(port['target']))), protocol: port['protocol'] ?? 'tcp' }]
      : [],
  );
  const exposed = (isPlainList(expose) ? expose : []).map((port) =>
    Number(withoutMarks(plainText(port)).replace(/\/tcp$/, '')),
  );
  const all = [...published.filter(({ protocol }) => protocol === 'tcp').map(({ target }) => target), ...exposed];
  const usable = all.filter((port) => Number.isInteger(port) && port > 0 && port < 65536);
  const proxied = usable.length > 0 ? undefined : proxiedPort(service);
  const [port] = usable.length > 0 ? usable : proxied === undefined ? (dockerfile?.ports ?? []) : [proxied];
  const said = published.length + exposed.length;
  return { port, isWhole: new Set(usable).size <= 1 && usable.length === said };
}

/** Where a proxy of the file finds it, by a list or a mapping of labels (doc.traefik.io/traefik/routing/providers/docker). */
function proxiedPort({ labels }: PlainMapping): number | undefined {
  const said = isPlainList(labels)
    ? labels.map(plainText)
    : Object.entries(isPlainMapping(labels) ? labels : {}).map(([name, value]) => `${name}=${plainText(value)}`);
  const ports = said.flatMap((label) => {
    const [, port] =
      /^traefik\.http\.services\.[^=]{1,200}\.loadbalancer\.server\.port=(\d{1,5})$/.exec(withoutMarks(label)) ?? [];
    return port === undefined ? [] : [Number(port)];
  });
  return ports.find((port) => port > 0 && port < 65536);
}

/**
 * Where this machine has what the file publishes: what is asked for on other ports is somebody else.
 *
 * @param own where its own script has it
 */
export function publishedPorts(
  { ports }: PlainMapping,
  own: number | undefined,
): { readonly published?: readonly number[] } {
  const published = (isPlainList(ports) ? ports : []).flatMap((port) =>
    isPlainMapping(port) && port['published'] !== undefined ? [Number(withoutMarks(plainText(port['published'])))] : [],
  );
  const isKnown = published.length > 0 && published.every(Number.isInteger);
  return isKnown ? { published: [...published, ...(own === undefined ? [] : [own])] } : {};
}

/** What its image is built of, and which keys of `build` say more. */
export function serviceBuild(
  service: PlainMapping,
  folder: string,
): { readonly build: BuildProposal | undefined; readonly rest: readonly string[] } {
  const { build } = service;
  if (!isPlainMapping(build)) return { build: undefined, rest: [] };
  const { context, dockerfile, target, args, ...others } = build;
  const rest = Object.keys(others);
  if (typeof context !== 'string' || isOutside(context)) return { build: undefined, rest: Object.keys(build) };
  const values = isPlainMapping(args) ? Object.entries(args).filter(([, value]) => value !== null) : [];
  return {
    build: {
      context: withoutMarks(context) || folder,
      ...textOf('dockerfile', dockerfile),
      ...textOf('target', target),
      ...(values.length === 0
        ? {}
        : { args: Object.fromEntries(values.map(([key, value]) => [key, withoutMarks(plainText(value))])) }),
    },
    rest: [...rest, ...(values.length === Object.keys(isPlainMapping(args) ? args : {}).length ? [] : ['args'])],
  };
}

function textOf<Key extends string>(key: Key, value: PlainValue | undefined): Partial<Record<Key, string>> {
  const result: Partial<Record<string, string>> =
    typeof value === 'string' && withoutMarks(value) !== '' ? { [key]: withoutMarks(value) } : {};
  return result;
}

/** The path that a health check asks by HTTP at the service's port. */
export function serviceHealth(service: PlainMapping, port: number): string | undefined {
  const { healthcheck } = service;
  const test = isPlainMapping(healthcheck) ? healthcheck['test'] : undefined;
  const text = withoutMarks(isPlainList(test) ? test.map(String).join(' ') : typeof test === 'string' ? test : '');
  const asked = /https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::(\d+))?(\/[^\s"'|;)]*)?/.exec(text);
  const [found, at = '80', path = '/'] = asked ?? [];
  return found === undefined || Number(at) !== port ? undefined : path;
}

/** How many of it run; undefined: one. */
export function serviceReplicas(service: PlainMapping): {
  readonly replicas: number | undefined;
  readonly isWhole: boolean;
} {
  const { deploy, scale } = service;
  const written = scale ?? (isPlainMapping(deploy) ? deploy['replicas'] : undefined);
  const replicas = Number(written ?? 1);
  const isUsable = Number.isInteger(replicas) && replicas >= 0 && replicas <= 20;
  return { replicas: isUsable && replicas !== 1 ? replicas : undefined, isWhole: isUsable };
}
