import type { UsedToolName } from '../../../core/usedTool';
import { usedTools } from '../../../core/uses/usedTools';
import { usedVariable } from '../../../core/uses/usedVariables';

/** A service that is to be used, and how what the repository says leads to it. */
export interface UsedHere {
  /** In the environment file. */
  readonly name: string;
  readonly tool: UsedToolName;
  readonly hosts: readonly string[];
  /** Numbers under which its ports are reached, each with the tool's name for the port. */
  readonly ports: ReadonlyMap<number, string>;
}

/** What a value becomes; `given`: Coppice gives just this variable. */
export type UsedReference = { readonly text: string; readonly isShortened?: true } | 'given';

const schemes: Readonly<Partial<Record<UsedToolName, readonly string[]>>> = {
  redis: ['redis'],
  valkey: ['redis', 'valkey'],
  memcached: ['memcached'],
  mysql: ['mysql'],
  mariadb: ['mysql'],
  mongodb: ['mongodb'],
  nats: ['nats'],
  rabbitmq: ['amqp'],
  minio: ['http'],
  mailpit: ['smtp'],
  elasticsearch: ['http'],
};

/** Those whose path is the application's own, and not the name of something that would have to be there. */
const ownPaths: readonly UsedToolName[] = ['redis', 'valkey', 'minio', 'elasticsearch'];

const url = /^((?:jdbc:)?[a-z][a-z0-9+.-]*):\/\/(?:[^@/]*@)?([A-Za-z0-9_.-]+)(?::(\d+))?(\/[^?#]*)?(?:\?[^#]*)?$/;

/** The number of a database, which says nothing of whose it is. */
const harmlessPath = /^\/\d{1,3}$/;

/** What an own page is shown at is no place where programs are sent. */
export function toldPort(tool: UsedToolName): string {
  return Object.keys(usedTools[tool].ports).find((each) => each !== 'page') ?? '';
}

/**
 * The value of a variable that leads to a used service, as it leads to that of an environment; undefined: it leads to none.
 *
 * @param isPatched whether it stands in a file that git ignores and that is patched: `$(NAME)` in NAME stands for what Coppice gives under
 *   that name there, and what may be a secret or a name that nobody else is to know is left out, since what is proposed is committed
 */
export function usedReference(
  variable: string,
  value: string,
  used: readonly UsedHere[],
  isPatched: boolean,
): UsedReference | undefined {
  for (const each of used) {
    const found = referenceTo(variable, value, each, isPatched);
    if (found) return found;
  }
  return undefined;
}

function referenceTo(variable: string, value: string, used: UsedHere, isPatched: boolean): UsedReference | undefined {
  const { name, tool, hosts, ports } = used;
  const of = (which: string): string => usedVariable(name, which);
  const named = (which: string): UsedReference =>
    of(which) === variable && !isPatched ? 'given' : { text: `$(${of(which)})` };
  const isTold = (port: string | undefined): boolean =>
    port === undefined || ports.get(Number(port)) === toldPort(tool);
  const [, scheme, host, port, path = ''] = url.exec(value) ?? [];
  if (scheme !== undefined && host !== undefined) {
    if (!hosts.includes(host) || !isTold(port) || (port === undefined && isThisMachine(host))) return undefined;
    const isOwn = schemes[tool]?.includes(scheme.toLowerCase());
    const said = ownPaths.includes(tool) && path !== '/' ? path : '';
    const rest = isPatched && !harmlessPath.test(said) ? '' : said;
    const shortened = rest === said ? {} : { isShortened: true as const };
    if (isOwn && (of('URL') !== variable || isPatched || rest === '')) {
      const whole = named('URL');
      return whole === 'given' ? whole : { text: whole.text + rest, ...shortened };
    }
    const database = usedTools[tool].isDatabase ? '/app' : rest;
    const user = tool === 'mysql' || tool === 'mariadb' ? 'root@' : '';
    return { text: `${scheme}://${user}$(${of('HOST')}):$(${of('PORT')})${database}`, ...shortened };
  }
  const [, alone, number] = /^([A-Za-z0-9_.-]+):(\d+)$/.exec(value) ?? [];
  if (alone !== undefined && hosts.includes(alone) && isTold(number) && ports.has(Number(number)))
    return { text: `$(${of('HOST')}):$(${of('PORT')})` };
  if (hosts.includes(value) && /HOST|SERVER|ADDR/i.test(variable) && (!isThisMachine(value) || isAbout(variable, used)))
    return named('HOST');
  if (
    /^\d+$/.test(value) &&
    /PORT$/i.test(variable) &&
    isAbout(variable, used) &&
    ports.get(Number(value)) === toldPort(tool)
  )
    return named('PORT');
  return credential(variable, used, named);
}

/**
 * A variable that Coppice gives, and that a service has with another value, is no longer what the service's others mean by it: they say
 * host and port instead.
 */
export function withOwnAddresses(
  variables: Readonly<Record<string, string>>,
  used: readonly UsedHere[],
): Record<string, string> {
  const result = { ...variables };
  for (const { name } of used) {
    const own = usedVariable(name, 'URL');
    const [, address] = /^([a-z][a-z0-9+.-]*:\/\/[^/]*)\//.exec(result[own] ?? '') ?? [];
    if (address === undefined) continue;
    for (const [variable, value] of Object.entries(result))
      if (variable !== own) result[variable] = value.replaceAll(`$(${own})`, address);
  }
  return result;
}

/** By its name a variable is about a tool, or about what the repository calls it. */
export function isAbout(variable: string, { tool, name, hosts }: UsedHere): boolean {
  const words = [tool, name, ...hosts, ...(others[tool] ?? [])].filter((word) => !isThisMachine(word));
  const upper = variable.toUpperCase();
  return words.some((word) => upper.startsWith(`${word.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_`));
}

const others: Readonly<Partial<Record<UsedToolName, readonly string[]>>> = {
  valkey: ['redis'],
  memcached: ['memcache'],
  mysql: ['db', 'database', 'mariadb'],
  mariadb: ['db', 'database', 'mysql'],
  mongodb: ['mongo', 'db'],
  rabbitmq: ['amqp', 'rabbit'],
  minio: ['s3', 'aws'],
  mailpit: ['smtp', 'mail', 'email'],
  elasticsearch: ['elastic', 'es'],
};

/** Who may come in is said by the tool's row. */
function credential(
  variable: string,
  used: UsedHere,
  named: (which: string) => UsedReference,
): UsedReference | undefined {
  if (!isAbout(variable, used)) return undefined;
  const known = Object.keys(usedTools[used.tool].variables(() => ({ host: '', port: 0 })));
  const [which] =
    [
      ['USER', /_USER(?:NAME)?$/i],
      ['PASSWORD', /_PASS(?:WORD|WD)?$/i],
      ['DATABASE', /_(?:DATABASE|NAME|DB)$/i],
      ['ACCESS_KEY', /(?<!_SECRET)_ACCESS_KEY(?:_ID)?$|_ROOT_USER$/i],
      ['SECRET_KEY', /_SECRET(?:_ACCESS)?_KEY$|_ROOT_PASSWORD$/i],
    ].find(([each, shape]) => known.includes(String(each)) && shape instanceof RegExp && shape.test(variable)) ?? [];
  return typeof which === 'string' ? named(which) : undefined;
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1';
}
