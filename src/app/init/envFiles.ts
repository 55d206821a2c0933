import type { Candidate } from './shared/candidate';
import type { RepositoryFacts } from './facts';
import { nodePackages } from './nodePackage';
import { admittedHosts } from './shared/admittedHosts';
import { literal } from './shared/literal';
import { databaseForm, databaseParts } from './shared/databaseAddress';
import { usedReference, type UsedHere } from './shared/usedReference';
import { baseName, folderOf, inFolder } from './shared/paths';
import { variablesIn } from './shared/variablesIn';

/** Files with variables that git ignores, and which a worktree therefore does not have. */
export interface EnvFilesProposal {
  readonly copy: readonly string[];
  /** By a file that git ignores and that nobody has made yet, what people copy to make it. */
  readonly standIns: ReadonlyMap<string, string>;
  /** By the file, the variables that are another environment's in it. */
  readonly patch: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** By the folder, a file that git has and that stands for one that is not there, or the one that is made of it. */
  readonly examples: ReadonlyMap<string, string>;
  /** By the folder, files that git has: what they say of this machine is another environment's for the services there. */
  readonly tracked: ReadonlyMap<string, readonly string[]>;
  /** Files of variables that git neither has nor ignores: no worktree gets them. */
  readonly untracked: readonly string[];
  /** Variables of a patched file whose path is not carried over. */
  readonly shortened: readonly { readonly file: string; readonly name: string }[];
}

const ignoredNames = ['.env', '.env.local', '.env.development', '.env.development.local'];
const exampleNames = [
  ...['.env.example', '.env.sample', '.env.template', '.env.dist', 'env.example', '.env.local.example'],
  ...['.env.development.example', '.env-example', '.env-sample', '.env-template', '.env-dist', '.env_example'],
  ...['example.env', 'sample.env', 'env-example', 'local.env-example'],
];

/** Where files of variables may be: beside what is started. */
export function envFileNames(folder: string): string[] {
  return [...ignoredNames, ...exampleNames].map((name) => inFolder(folder, name));
}

/** By other names: `env-example-relational`, `.env.dev.example`. Those of tests and of what is deployed stand for no file of a developer. */
const otherExample = /^\.?env(?:[._-][\w-]+)?[._-](?:example|sample|template|dist|defaults?)(?:[._-][\w-]+)?$/i;
const ofOthers = /test|prod|stag|(?:^|[._-])(?:ci|e2e|docker)(?:$|[._-])/i;
/** `env.example.ts`, `env.default.json`: what programs load is no file of variables. */
const ofPrograms =
  /\.(?:[cm]?[jt]sx?|d|json[5c]?|ya?ml|toml|xml|ini|md|html?|py|rb|php|go|rs|exs?|java|kt|cs|ps1|bat|cmd)$/i;

/** Of each list of files, those with such names, by their folder: a large repository is looked through once. */
const others = new WeakMap<ReadonlySet<string>, ReadonlyMap<string, readonly string[]>>();

function otherExamples(tracked: ReadonlySet<string>): ReadonlyMap<string, readonly string[]> {
  const known = others.get(tracked);
  if (known) return known;
  const found = new Map<string, string[]>();
  for (const path of tracked) {
    const name = baseName(path);
    if (!otherExample.test(name) || ofOthers.test(name) || ofPrograms.test(name)) continue;
    const folder = folderOf(path);
    found.set(folder, [...(found.get(folder) ?? []), path]);
  }
  others.set(tracked, found);
  return found;
}

/** Examples that a folder has: that of a usual name first, then the one that names PostgreSQL, then by how short they are called. */
export function examplesIn({ tracked, texts }: Pick<RepositoryFacts, 'tracked' | 'texts'>, folder: string): string[] {
  const usual = exampleNames.map((name) => inFolder(folder, name)).filter((path) => tracked.has(path));
  const rank = (path: string): number => (/postgres/i.test(texts.get(path) ?? '') ? 0 : 1);
  const more = (otherExamples(tracked).get(folder) ?? []).filter((path) => !usual.includes(path));
  return [...usual, ...more.toSorted((a, b) => rank(a) - rank(b) || a.length - b.length || a.localeCompare(b))];
}

/** Files of variables that a folder has or may have. */
export function envFilesIn(facts: Pick<RepositoryFacts, 'tracked' | 'texts'>, folder: string): string[] {
  return [...new Set([...envFileNames(folder), ...examplesIn(facts, folder)])];
}

/** Which file people make of an example: `.env.local` of `.env.local.example`, and of most `.env`. */
export function madeOfExample(example: string): string {
  const [, own] = /^\.env\.(local|development)[._-]/.exec(baseName(example)) ?? [];
  return inFolder(folderOf(example), own === undefined ? '.env' : `.env.${own}`);
}

/** Whether a folder has a file of variables of its own, wherever it came from. */
export function hasEnvFile({ texts }: Pick<RepositoryFacts, 'texts'>, folder: string): boolean {
  return ignoredNames.some((name) => texts.has(inFolder(folder, name)));
}

/** What addresses in files of variables may lead to. */
export interface LedTo {
  readonly services: readonly Candidate[];
  /** Names by which a compose file's services reach the environment's database; undefined: it has none. */
  readonly databaseHosts: readonly string[] | undefined;
  /** How DATABASE_URL is written for all services. */
  readonly databaseUrl?: string | undefined;
  /** By which its tools read it, whatever stands there until somebody has filled it in. */
  readonly databaseVariables?: readonly string[] | undefined;
  readonly uses: readonly UsedHere[];
}

/** @param others by their paths, files of variables with other names that git ignores, and that a service reads */
export function envFilesProposal(
  facts: RepositoryFacts,
  folders: readonly string[],
  ledTo: LedTo,
  others: ReadonlyMap<string, string> = new Map(),
): EnvFilesProposal {
  const copy: string[] = [];
  const patch: Record<string, Record<string, string>> = {};
  const examples = new Map<string, string>();
  const standIns = new Map<string, string>();
  const tracked = new Map<string, readonly string[]>();
  const untracked: string[] = [];
  const shortened: { file: string; name: string }[] = [];
  const members = new Set(
    nodePackages(facts).flatMap(({ folder, root }) => (root === '.' && folder !== '.' ? [folder] : [])),
  );
  const patchIn = (path: string, text: string, isPublic = false): void => {
    const onShortened = (name: string): void => void shortened.push({ file: path, name });
    const values = patched(text, ledTo, true, onShortened, isPublic);
    if (Object.keys(values).length > 0) patch[path] = values;
  };
  const standIn = (path: string, example: string): void => {
    if (standIns.has(path)) return;
    standIns.set(path, example);
    patchIn(path, facts.texts.get(example) ?? '', true);
  };
  for (const folder of new Set(['.', ...folders])) {
    const present = ignoredNames.map((name) => inFolder(folder, name)).filter((path) => facts.texts.has(path));
    const ignored = present.filter((path) => !facts.paths.has(path));
    copy.push(...ignored);
    const committed = present.filter((path) => facts.tracked.has(path));
    if (committed.length > 0) tracked.set(folder, committed);
    untracked.push(...present.filter((path) => facts.paths.has(path) && !facts.tracked.has(path)));
    for (const path of ignored) patchIn(path, facts.texts.get(path) ?? '');
    if (present.length > 0) continue;
    // Packages of a workspace are told by the file at its root, unless they have one of their own.
    const isMember = members.has(folder) && !hasEnvFile(facts, '.');
    const [example] = [folder, ...(isMember ? ['.'] : [])].flatMap((place) => examplesIn(facts, place));
    if (example === undefined) continue;
    const made = madeOfExample(example);
    const isMade = facts.standIns?.get(made) === example;
    examples.set(folder, isMade ? made : example);
    if (isMade) standIn(made, example);
  }
  for (const path of ledTo.services.flatMap(({ copy: own }) => own ?? [])) {
    const example = facts.standIns?.get(path);
    if (example !== undefined) standIn(path, example);
  }
  const copied = ledTo.services.flatMap((service) => service.copy ?? []);
  for (const [path, text] of others)
    if (!copy.includes(path) && !standIns.has(path) && copied.includes(path)) patchIn(path, text);
  return { copy, standIns, patch, examples, tracked, untracked, shortened };
}

/**
 * An address of this machine, whose path is of words only. The file with the value is ignored by git, and what is proposed is committed:
 * a query, a fragment, credentials, or a part of a path that may be a token is not carried over.
 */
const ownAddress =
  /^https?:\/\/(?:localhost|127\.0\.0\.1):(\d+)((?:\/(?:[A-Za-z]{1,20}\d{0,2})(?:[-_.][A-Za-z]{1,20}\d{0,2}){0,3}){0,6}\/?)$/;

/** Ports of this machine at which files of variables have a server, without a path. */
export function askedPorts(facts: RepositoryFacts, folders: readonly string[]): ReadonlySet<number> {
  const files = [...new Set(['.', ...folders])].flatMap((folder) => envFilesIn(facts, folder));
  const texts = files.flatMap((path) => facts.texts.get(path) ?? []);
  const addresses = texts.flatMap(variablesIn).map(([, value]) => ownAddress.exec(value));
  return new Set(addresses.flatMap((found) => (found && (found[2] ?? '').length <= 1 ? [Number(found[1])] : [])));
}

/**
 * Variables whose values lead to this machine's one server or database.
 *
 * @param isPublic whether everybody can read the text: what is proposed is committed
 */
export function patched(
  text: string,
  { services, databaseHosts, databaseUrl, databaseVariables = [], uses }: LedTo,
  isPatched: boolean,
  onShortened?: (name: string) => void,
  isPublic = !isPatched,
): Record<string, string> {
  const result: Record<string, string> = {};
  const variables = variablesIn(text);
  const hosts = databaseHosts && [...databaseHosts, 'localhost', '127.0.0.1'];
  if (hosts) Object.assign(result, databaseParts(variables, hosts));
  const used = ofMachine(uses);
  for (const [name, value] of variables) {
    const reference = usedReference(name, value, used, isPatched);
    if (reference !== undefined && reference !== 'given') {
      result[name] = reference.text;
      if (reference.isShortened) onShortened?.(name);
    }
    // Of a file that git ignores nothing is written down.
    const admitted = isPublic ? admittedHosts(name, value) : undefined;
    if (admitted !== undefined) result[name] = literal(admitted);
    const form = databaseForm(value);
    // The variable of this name has the form that the environment file gives it, unless this file asks its driver for something else.
    const isGiven = form === undefined || (name === 'DATABASE_URL' && form === databaseUrl);
    const isMissing = databaseVariables.includes(name) || (name === 'DATABASE_URL' && value === '');
    if (hosts && (isMissing || isOwnDatabase(name, value, hosts))) result[name] = isGiven ? '$(DATABASE_URL)' : form;
    const own = ownUrl(value, services) ?? (isPublic ? ownUrls(value, services) : undefined);
    if (own !== undefined) result[name] = own;
  }
  return result;
}

function ownUrl(value: string, services: readonly Candidate[]): string | undefined {
  const [, port, path = ''] = ownAddress.exec(value) ?? [];
  const service = port === undefined ? undefined : services.find((each) => isAt(each, Number(port)));
  if (service === undefined) return undefined;
  return `$(COPPICE_URL_${service.name.toUpperCase().replaceAll('-', '_')})${path === '/' ? '' : path}`;
}

/** A list of addresses, as it says which sites a server lets in: what else it names stays. */
function ownUrls(value: string, services: readonly Candidate[]): string | undefined {
  const items = value.split(',').map((item) => item.trim());
  const urls = items.map((item) => ownUrl(item, services));
  if (items.length < 2 || urls.every((url) => url === undefined)) return undefined;
  return [...new Set(items.map((item, index) => urls[index] ?? literal(item)))].join(',');
}

/** Whether a port of this machine leads to it, for who starts everything as the repository says. */
function isAt({ port, published }: Candidate, asked: number): boolean {
  return published === undefined ? port === asked : port !== undefined && published.includes(asked);
}

/** A database of this machine. One that tests empty, or that a tool compares with, is another than the one that people work with. */
function isOwnDatabase(name: string, value: string, hosts: readonly string[]): boolean {
  const [, host] =
    /^(?:jdbc:)?[a-z][a-z0-9+_]*:\/\/(?:[^@/\s]*@)?(\[::1\]|[^:/?@\s]*)(?::\d+)?(?:[/?]|$)/.exec(value) ?? [];
  if (!/^postgres(?:ql)?:/.test(value) && databaseForm(value) === undefined) return false;
  if (host === undefined || /(?:^|_)(?:TEST|TESTING|SHADOW)(?:_|$)/i.test(name)) return false;
  return host === '' || host === '[::1]' || hosts.includes(host);
}

/** Programs of this machine reach them by ports of this machine. */
export function ofMachine(uses: readonly UsedHere[]): UsedHere[] {
  return uses.map((used) => ({ ...used, hosts: [...used.hosts, 'localhost', '127.0.0.1'] }));
}
