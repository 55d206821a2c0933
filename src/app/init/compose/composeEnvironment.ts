import { isPlainMapping, plainText, type PlainValue } from '../../../core/proposedFile';
import { usedTools } from '../../../core/uses/usedTools';
import { admittedHosts } from '../shared/admittedHosts';
import { databaseAddress, isDatabaseInParts } from '../shared/databaseAddress';
import { usedReference, type UsedHere } from '../shared/usedReference';
import { literal } from '../shared/literal';
import { unknownVariables, withoutMarks } from './interpolate';

/** What the values of a compose service may mean. */
export interface EnvironmentContext {
  /** Names that Coppice sets itself. */
  readonly reserved: ReadonlySet<string>;
  /** The names by which its services reach the database that an environment has of its own; none: there is none. */
  readonly databaseHosts: readonly string[];
  /** On which the service answers. */
  readonly port: number | undefined;
  /** The project's own services: their name here, by the one in the file. */
  readonly own: ReadonlyMap<string, string>;
  /** Services that are not carried over. */
  readonly others: ReadonlySet<string>;
  /** Which own service the ports of this machine lead to, by its name in the file. */
  readonly published: ReadonlyMap<string, string>;
  /** Where containers have files of their own, or the worktree's. */
  readonly places: readonly string[];
  /** Services that are used, as the file's others name them. */
  readonly used: readonly UsedHere[];
}

export interface EnvironmentResult {
  readonly env: Readonly<Record<string, string>>;
  /** By the variable's name. */
  readonly leftOut: ReadonlyMap<string, string>;
  /** Whether a value is in the file of variables beside the compose file. */
  readonly needsEnvFile: boolean;
  /** What was added that the file does not say. */
  readonly guess?: string;
}

/** Variables as a service here needs them: addresses of other services are those of its environment. */
export function composeEnvironment(
  environment: PlainValue | undefined,
  context: EnvironmentContext,
): EnvironmentResult {
  const env: Record<string, string> = {};
  const leftOut = new Map<string, string>();
  let needsEnvFile = false;
  const entries = isPlainMapping(environment) ? Object.entries(environment) : [];
  const inParts = isDatabaseInParts(entries, context.databaseHosts);
  const usesDatabase = context.used.some(({ tool }) => usedTools[tool].isDatabase);
  for (const [name, written] of entries) {
    if (context.reserved.has(name)) {
      // These two mean the same.
      if (name === 'DATABASE_URL' && context.databaseHosts.length > 0) {
        // Drivers that ask for TLS unless they are told otherwise are told so by libpq's own variable: the URL does not say it.
        if (/[?&]sslmode=disable\b/.test(plainText(written ?? null))) env['PGSSLMODE'] ??= 'disable';
      } else if (name !== 'PORT' && !(name === 'DATABASE_URL' && usesDatabase))
        leftOut.set(name, 'Coppice sets it itself');
      continue;
    }
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,199}$/.test(name)) {
      leftOut.set(name, 'is no name that a variable can have');
      continue;
    }
    if (written === null || written === undefined) {
      leftOut.set(
        name,
        'has no value in the file: it is that of whoever starts it; write it into env, or into a file of envFile',
      );
      continue;
    }
    const text = plainText(written);
    if (context.places.some((place) => text === place || text.startsWith(`${place}/`))) {
      leftOut.set(name, 'is a place in its container; write where that is in the worktree, if it is needed');
      continue;
    }
    // Where its own database is stands in no file.
    const ofDatabase = databaseAddress(name, text, context.databaseHosts, inParts);
    if (ofDatabase === undefined && unknownVariables(text).length > 0) {
      needsEnvFile = true;
      leftOut.set(name, `is made of ${unknownVariables(text).join(', ')}, whose value is not in the repository`);
    } else {
      const reference = usedReference(name, withoutMarks(text), context.used, false);
      if (reference === 'given') continue;
      const value =
        ofDatabase ??
        reference ??
        ofOwnPort(name, withoutMarks(text), context) ??
        ofHosts(name, text) ??
        addressed(text, name, context);
      if ('problem' in value) leftOut.set(name, value.problem);
      else env[name] = withoutMarks(value.text);
    }
  }
  const guesses = [listensBeside(env, entries, context), ...portsBeside(env, entries)].filter(
    (each) => each !== undefined,
  );
  return { env, leftOut, needsEnvFile, ...(guesses.length === 0 ? {} : { guess: guesses.join('; ') }) };
}

/** In what a command says, too, addresses of other services are those of its environment: `celery --broker=redis://redis:6379/0`. */
export function withAddresses(argv: readonly string[], context: EnvironmentContext): readonly string[] {
  return argv.map((word) =>
    word.replace(/(?<![a-z0-9+])[a-z][a-z0-9+]*:\/\/[^\s'"]+/g, (url) => {
      const known =
        databaseAddress('', url, context.databaseHosts, false) ?? usedReference('', url, context.used, false);
      // What a variable is filled into is not made literal again.
      const found = known ?? (url.includes('$') ? undefined : addressed(url, 'URL', context));
      return found === undefined || found === 'given' || 'problem' in found ? url : found.text;
    }),
  );
}

type Addressed = { readonly text: string } | { readonly problem: string };

/** A program that is told by a variable of its own where it listens has one for the port as well: SHOP_HOST, SHOP_PORT. */
function listensBeside(
  env: Record<string, string>,
  entries: readonly (readonly [string, PlainValue])[],
  { port, reserved }: EnvironmentContext,
): string | undefined {
  const host = Object.keys(env).find((name) => /_HOST$/.test(name) && env[name] === '0.0.0.0');
  const name = host?.replace(/HOST$/, 'PORT');
  if (host === undefined || name === undefined || port === undefined || reserved.has(name)) return undefined;
  if (entries.some(([each]) => each === name)) return undefined;
  env[name] = '$(PORT)';
  return `${name} stands beside ${host}, by which the program is told where it listens`;
}

/** Who is told a host alone knows the port that this program has everywhere else: here it has one of its own. */
function portsBeside(
  env: Record<string, string>,
  entries: readonly (readonly [string, PlainValue])[],
): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) => {
    const [, whose] = /^\$\((\w+)_HOST\)$/.exec(value) ?? [];
    const port = name.replace(/HOST(?:NAME)?$/i, 'PORT');
    if (whose === undefined || port === name || entries.some(([each]) => each === port)) return [];
    env[port] = `$(${whose}_PORT)`;
    return [`${port} stands beside ${name}`];
  });
}

function ofHosts(name: string, value: string): Addressed | undefined {
  const admitted = admittedHosts(name, value);
  return admitted === undefined ? undefined : { text: literal(admitted) };
}

/** Where it listens is its environment's to say: a port alone, or all addresses of its container with it (`http://*:8080`, `:8080`). */
function ofOwnPort(name: string, value: string, { port }: EnvironmentContext): Addressed | undefined {
  if (port === undefined) return undefined;
  if (/(?:^|_)PORT$/i.test(name) && value === String(port)) return { text: '$(PORT)' };
  const [, everywhere, own] = /^((?:https?:\/\/)?(?:\*|\+|0\.0\.0\.0|\[::\])?:)(\d+)\/?$/.exec(value) ?? [];
  return everywhere !== undefined && own === String(port) ? { text: `${everywhere}$(PORT)` } : undefined;
}

function addressed(value: string, name: string, context: EnvironmentContext): Addressed {
  const { own, others, published } = context;
  const hosts = [...value.matchAll(/(?:^|[/@,(\s])([A-Za-z0-9][\w.-]*)(?=:\d|\/|$|[,?\s])/g)].map(
    ([, host = '']) => host,
  );
  const isHost = /HOST|SERVER|ADDR|UPSTREAM|ENDPOINT|URL|URI|DSN|BROKER/i.test(name);
  const looksAddressed = /:\/\/|:\d+/.test(value) || isHost;
  const missing = looksAddressed ? hosts.find((host) => others.has(host)) : undefined;
  if (missing !== undefined) return { problem: `leads to ${missing}, which is not carried over; write where it is` };
  let text = literal(value);
  for (const [from, to] of own) {
    const variable = to.toUpperCase().replaceAll('-', '_');
    const at = new RegExp(`(^|://|@|,)${escaped(from)}(?::\\d+)(?=$|[/,?])`, 'g');
    text = text.replace(at, `$1$(${variable}_SERVICE_HOST):$(${variable}_SERVICE_PORT)`);
    if (/:\/\//.test(value))
      text = text.replace(
        new RegExp(`://${escaped(from)}(?=$|[/?])`, 'g'),
        `://$(${variable}_SERVICE_HOST):$(${variable}_SERVICE_PORT)`,
      );
    else if (isHost && text === from) text = `$(${variable}_SERVICE_HOST)`;
  }
  text = text.replace(/https?:\/\/(?:localhost|127\.0\.0\.1):(\d+)/g, (whole, port: string) => {
    const service = published.get(port);
    const to = service === undefined ? undefined : own.get(service);
    return to === undefined ? whole : `$(COPPICE_URL_${to.toUpperCase().replaceAll('-', '_')})`;
  });
  return { text };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
