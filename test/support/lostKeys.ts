import { posix } from 'node:path';
import { parse } from 'yaml';

interface Service {
  readonly [key: string]: unknown;
  readonly env?: Readonly<Record<string, string>>;
  readonly dependsOn?: Readonly<Record<string, string>>;
}

/** A coppice.yaml that was made of compose files. */
export interface ImportedFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly database?: object;
}
type Mapping = Readonly<Record<string, unknown>>;

/**
 * What compose files say that is neither in the coppice.yaml that was made of them, nor listed as left out of it.
 *
 * @param files all of the repository, by their paths
 * @param given those that Compose is given, in order
 * @param made the text of coppice.yaml
 * @param listed paths of keys
 * @returns paths of keys, such as `services.web.networks`
 */
export function lostKeys({
  files,
  given,
  made,
  listed,
}: {
  readonly files: Readonly<Record<string, string>>;
  readonly given: readonly string[];
  readonly made: string;
  readonly listed: readonly string[];
}): string[] {
  const file: ImportedFile = parse(made);
  const isListed = (path: string): boolean => listed.some((each) => path === each || path.startsWith(`${each}.`));
  // What one file says and a later one takes back is nothing that the project says.
  const reset = new Set(
    given.flatMap((name) => [...(files[name] ?? '').matchAll(/(\w+): *!reset/g)].map(([, key]) => key)),
  );
  return given
    .flatMap((name, at) => {
      // Nor is an image that a later file replaces.
      const replaced = given.slice(at + 1).flatMap((later) => imagesOf(files, later));
      return keysOf(name, files, file, isListed).filter((path) => !replaced.includes(path));
    })
    .filter((path) => !isListed(path) && !reset.has(path.split('.').at(-1)));
}

/** The keys of a compose file that are not in the environment file, looked for one by one: it is known where each would be. */
function keysOf(
  given: string,
  files: Readonly<Record<string, string>>,
  file: ImportedFile,
  isListed: (path: string) => boolean,
): string[] {
  const compose = composeOf(files, given);
  const others = Object.keys(compose).filter((key) => key !== 'services' && key !== 'include');
  const services = Object.entries(mapping(compose['services'])).flatMap(([name, service]) => {
    const mine = file.services[name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')];
    return Object.entries(whole(files, given, service)).flatMap(([key, value]) =>
      missing(`services.${name}.${key}`, key, value, mine, file, isListed),
    );
  });
  return [...others, ...services];
}

function imagesOf(files: Readonly<Record<string, string>>, name: string): string[] {
  return Object.entries(mapping(composeOf(files, name)['services'])).flatMap(([service, said]) =>
    mapping(said)['image'] === undefined ? [] : [`services.${service}.image`],
  );
}

/** A service with what it is given by the one that it extends, so that this is looked for as well. */
function whole(files: Readonly<Record<string, string>>, file: string, service: unknown): Mapping {
  const { extends: base, ...own } = mapping(service);
  if (base === undefined) return own;
  const { file: other, service: name } = typeof base === 'string' ? { file: undefined, service: base } : mapping(base);
  const path = typeof other === 'string' ? posix.join(posix.dirname(file), other) : file;
  // Under another folder its paths are others: it is held that they are there, and not what they are.
  const { build: _, ...found } = whole(files, path, mapping(composeOf(files, path)['services'])[String(name)]);
  return { ...found, ...own };
}

function composeOf(files: Readonly<Record<string, string>>, name: string): Mapping {
  return mapping(parse(files[name] ?? '', { merge: true, logLevel: 'silent' }));
}

/** @returns the paths at this key that have no counterpart */
function missing(
  path: string,
  key: string,
  value: unknown,
  mine: Service | undefined,
  file: ImportedFile,
  isListed: (path: string) => boolean,
): string[] {
  const unless = (isThere: boolean): string[] => (isThere ? [] : [path]);
  // What is reset is not there.
  if (value === null || value === '') return [];
  if (!mine || isListed(path)) return [path];
  switch (key) {
    case 'image':
      return unless(mine['image'] === value || (typeof value === 'string' && value.includes('$')));
    case 'build': {
      const written: Mapping = typeof value === 'string' ? { context: value } : mapping(value);
      const { context, dockerfile, args, target, ...rest } = written;
      const build = typeof mine['build'] === 'string' ? { context: mine['build'] } : mapping(mine['build']);
      const same = build['dockerfile'] === dockerfile && build['target'] === target;
      const known =
        context === undefined ||
        (typeof context === 'string' ? context : '').replace(/^\.\/(?=.)|\/$/g, '') === build['context'];
      return [
        ...unless(same && known),
        ...Object.keys(names(args))
          .filter((name) => !(name in mapping(build['args'])))
          .map((name) => `${path}.args.${name}`),
        ...Object.keys(rest).map((name) => `${path}.${name}`),
      ];
    }
    case 'command':
    case 'entrypoint':
      return unless(mine['command'] !== undefined);
    case 'environment':
      return Object.keys(names(value))
        .filter((name) => !(name in (mine.env ?? {})) && !(name === 'DATABASE_URL' && file.database) && name !== 'PORT')
        .map((name) => `${path}.${name}`);
    case 'ports':
    case 'expose':
      return [...new Set((Array.isArray(value) ? value : []).flatMap((port: unknown) => portKeys(path, port, mine)))];
    case 'depends_on': {
      const conditions = Array.isArray(value) ? Object.fromEntries(value.map((name) => [name, {}])) : mapping(value);
      return Object.entries(conditions).flatMap(([name, how]) => [
        ...(name in (mine.dependsOn ?? {}) || (file.database && /postgres|db/.test(name)) ? [] : [`${path}.${name}`]),
        ...Object.keys(mapping(how))
          .filter((each) => each !== 'condition')
          .map((each) => `${path}.${name}.${each}`),
      ]);
    }
    case 'healthcheck':
      return [
        ...unless(mine['health'] !== undefined),
        ...Object.keys(mapping(value))
          .filter((each) => each !== 'test')
          .map((each) => `${path}.${each}`),
      ];
    case 'restart':
      // Without a word more than that it is started again.
      return unless(value === 'always' || value === 'unless-stopped' || value === 'on-failure');
    case 'deploy':
      return Object.entries(mapping(value)).flatMap(([name, said]) =>
        name === 'replicas' && (mine['replicas'] ?? 1) === said ? [] : [`${path}.${name}`],
      );
    case 'scale':
      return unless(mine['replicas'] === value || value === 1);
    case 'stdin_open':
      return unless(mine['stdin'] === value || value === false);
    case 'env_file':
      return (Array.isArray(value) ? value : [value]).flatMap((each: unknown) => {
        const { path: name, ...rest } = typeof each === 'string' ? { path: each } : mapping(each);
        const there = Array.isArray(mine['envFile']) ? mine['envFile'].map(String) : [];
        const plain = posix.normalize(String(name));
        return [
          ...unless(there.some((written) => written === plain || written.endsWith(`/${plain}`))),
          ...Object.entries(rest).flatMap(([key, said]) => (said === true ? [] : [`${path}.${key}`])),
        ];
      });
    case 'volumes':
    case 'working_dir':
      return unless(mine['folder'] !== undefined || mine['mount'] === true);
    default:
      return [path];
  }
}

/** What of one port is not there: all of it, or what it says beside the number. */
function portKeys(path: string, port: unknown, mine: Service): string[] {
  const written = typeof port === 'object' && port !== null ? mapping(port) : undefined;
  const [, host, published, target] =
    /^(?:(?:(.*):)?((?:[\d-]|\$\{\w+\})*):)?([\d-]+)(?:\/\w+)?$/.exec(String(port)) ?? [];
  const asText = (said: unknown): string => (typeof said === 'number' || typeof said === 'string' ? String(said) : '');
  if (asText(written?.['target'] ?? target) !== String(mine['port'])) return [path];
  const said = written ?? { host_ip: host, published, target };
  return Object.entries(said).flatMap(([key, value]) =>
    value === undefined || key === 'target' || key === 'protocol' ? [] : [`${path}.${key}`],
  );
}

function mapping(value: unknown): Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : {};
}

function names(value: unknown): Mapping {
  return Array.isArray(value) ? Object.fromEntries(value.map((each) => String(each).split('=', 2))) : mapping(value);
}
