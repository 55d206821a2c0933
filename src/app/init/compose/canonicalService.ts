import { isPlainList, isPlainMapping, plainText, type PlainMapping, type PlainValue } from '../../../core/proposedFile';
import { pathInRepository } from '../shared/paths';
import { withoutMarks } from './interpolate';

/** What stands for a path that is not in the repository, before the path as it is written. */
const outside = 'outside:';

/** Whether a path of a canonical service leads out of the repository. */
export function isOutside(path: string): boolean {
  return path.startsWith(outside);
}

/**
 * A service with the long form of all that Compose lets people write in short, and with paths that are relative to the repository's
 * root, so that what other files say of it can be merged into it.
 *
 * @param folder of the file that says it, or of its project
 */
export function canonicalService(service: PlainMapping, folder: string): PlainMapping {
  const result: Record<string, PlainValue> = {};
  for (const [key, value] of Object.entries(service)) {
    result[key] = isTagged(value)
      ? tagged(value, (inner) => canonical(key, inner, folder))
      : canonical(key, value, folder);
  }
  return result;
}

function isTagged(value: PlainValue): value is PlainMapping {
  return isPlainMapping(value) && ('!override' in value || '!reset' in value);
}

function tagged(value: PlainMapping, change: (inner: PlainValue) => PlainValue): PlainValue {
  const inner = value['!override'];
  return inner === undefined || inner === null ? value : { '!override': change(inner) };
}

function canonical(key: string, value: PlainValue, folder: string): PlainValue {
  switch (key) {
    case 'environment':
      return environment(value);
    case 'depends_on':
      return isPlainList(value)
        ? Object.fromEntries(value.map((name) => [plainText(name), { condition: 'service_started' }]))
        : value;
    case 'build':
      return build(value, folder);
    case 'env_file':
      return envFiles(value, folder);
    case 'ports':
      return isPlainList(value) ? value.flatMap(port) : value;
    case 'volumes':
      return isPlainList(value) ? value.map((mount) => volume(mount, folder)) : value;
    default:
      return value;
  }
}

/** A list of `NAME=value`, or a mapping. A name alone takes what the shell has: it is null. */
function environment(value: PlainValue): PlainValue {
  if (!isPlainList(value)) return value;
  return Object.fromEntries(
    value.map((item): [string, PlainValue] => {
      const text = plainText(item);
      const at = text.indexOf('=');
      return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

function build(value: PlainValue, folder: string): PlainValue {
  if (typeof value === 'string') return { context: place(folder, value) };
  if (!isPlainMapping(value)) return value;
  const { context, args, ...rest } = value;
  return {
    ...rest,
    ...(context === undefined && 'dockerfile_inline' in value ? {} : { context: place(folder, text(context) ?? '.') }),
    ...(args === undefined ? {} : { args: environment(args) }),
  };
}

function envFiles(value: PlainValue, folder: string): PlainValue {
  const list = isPlainList(value) ? value : [value];
  return list.map((item) => {
    if (isPlainMapping(item)) return { ...item, path: place(folder, text(item['path']) ?? '') };
    return { path: place(folder, plainText(item)) };
  });
}

/** `[host:][published:]target[/protocol]`, each of the two ports also a range. */
function port(value: PlainValue): PlainValue[] {
  if (isPlainMapping(value)) return [value];
  const written = withoutMarks(plainText(value));
  const match = /^(?:(?:(\[[^\]]*\]|[^:]*):)?([\d-]*):)?(\d+)(?:-(\d+))?(?:\/(\w+))?$/.exec(written);
  if (!match) return [{ target: written }];
  const [, host, published, first = '', last = first, protocol = 'tcp'] = match;
  const targets = Array.from(
    { length: Math.min(Number(last) - Number(first), 100) + 1 },
    (_, at) => Number(first) + at,
  );
  const at = host === undefined ? {} : { host_ip: host };
  // Empty is one that is not known: a variable that nobody says, or one that the machine chooses.
  return targets.map((target) => ({ target, ...(published === undefined ? {} : { published }), ...at, protocol }));
}

/** `[source:]target[:options]`; a source that begins with `.`, `/` or `~` is a folder or a file, another one a volume's name. */
function volume(value: PlainValue, folder: string): PlainValue {
  if (isPlainMapping(value)) {
    const source = text(value['source']);
    return value['type'] === 'bind' && source !== undefined ? { ...value, source: place(folder, source) } : value;
  }
  const written = plainText(value);
  const parts = written
    .replace(/^([A-Za-z]):([\\/])/, '$1\uE002$2')
    .split(':')
    .map((part) => part.replace('\uE002', ':'));
  const [source = '', target, options] = parts;
  if (target === undefined) return { type: 'volume', target: source };
  const isBind = /^(?:[./~\\]|[A-Za-z]:[\\/]|\uE000)/.test(source);
  return {
    type: isBind ? 'bind' : 'volume',
    source: isBind ? place(folder, source) : source,
    target,
    ...(options === undefined ? {} : { options }),
  };
}

function place(folder: string, path: string): string {
  return pathInRepository(folder, path) ?? `${outside}${path}`;
}

function text(value: PlainValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
