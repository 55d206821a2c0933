import { isObject } from '../../../core/records/isObject';
import { isNothing, isSecret, namesOf } from './shownValues';
import type { UpdateChange } from './updateChange';
import { servicesOf, type PlainValues } from './wantedValues';

/** What is compared by its own rules, or says nothing to a person. */
const ownRules = ['name', 'env', 'envFiles'];
const words: Readonly<Record<string, string>> = {
  stripPrefix: 'strip prefix',
  dependsOn: 'depends on',
  stdin: 'input',
  envOrder: 'order of variables',
  morePorts: 'more ports',
  graceSeconds: 'time to end',
  ingressClass: 'ingress class',
  startupSeconds: 'time to start',
  nodeFolder: "folder as the cluster's nodes see it",
  repositoryId: 'repository',
  worktreeId: 'worktree',
};
/** Of what the release has besides services. */
const titles: Readonly<Record<string, string>> = {
  databaseSecret: 'database',
  access: 'service account',
  network: 'network policy',
};

/** What differs between two of what Helm gets, by service and by part. @param otherValues variables of dotenv files with another value, by service */
export function compareValues(
  before: PlainValues | undefined,
  after: PlainValues,
  otherValues: ReadonlyMap<string, readonly string[]>,
): readonly UpdateChange[] {
  const running = new Map(servicesOf(before).map((service) => [String(service['name']), service]));
  const services = servicesOf(after).map((service) => [String(service['name']), service] as const);
  const compared = services.flatMap(([name, service]) => {
    const own = running.get(name);
    return own ? [{ name, details: serviceDetails(own, service, otherValues.get(name) ?? []) }] : [];
  });
  // What is told to all of them is one thing.
  const [first, ...others] = compared.map(({ details }) => details.variables);
  const shared = others.length === 0 ? [] : (first ?? []).filter((each) => others.every((own) => own.includes(each)));
  const changes = services.flatMap(([name, service]): UpdateChange[] => {
    const found = compared.find((each) => each.name === name);
    if (!found) return [{ of: 'service', name, kind: 'new', details: usedDetail(service) }];
    const details = [...found.details.own, ...found.details.variables.filter((each) => !shared.includes(each))];
    return details.length === 0 ? [] : [{ of: 'service', name, kind: 'changed', details }];
  });
  const wanted = new Set(services.map(([name]) => name));
  const gone = [...running.keys()].filter((name) => !wanted.has(name));
  return [
    ...(before ? partChanges(before, after) : []),
    ...(shared.length > 0 ? [{ of: 'part', name: 'all services', kind: 'changed', details: shared } as const] : []),
    ...changes,
    ...gone.map((name) => ({ of: 'service', name, kind: 'gone', details: [] }) as const),
  ];
}

function serviceDetails(
  before: PlainValues,
  after: PlainValues,
  others: readonly string[],
): { own: readonly string[]; variables: readonly string[] } {
  // The one follows from the other.
  const passedOver = isSame(before['port'], after['port']) ? [] : ['PORT'];
  return {
    own: fieldDetails(before, after, ownRules),
    variables: [
      ...variableDetails(before['env'], after['env'], passedOver),
      ...fileDetails(namesOf(before['envFiles']), namesOf(after['envFiles']), others),
    ],
  };
}

function fieldDetails(before: PlainValues, after: PlainValues, passedOver: readonly string[]): string[] {
  const keys = [...new Set([...Object.keys(after), ...Object.keys(before)])];
  return keys
    .filter((key) => !passedOver.includes(key) && !isSame(before[key], after[key]))
    .map((key) => changed(words[key] ?? key, before[key], after[key]));
}

function variableDetails(before: unknown, after: unknown, passedOver: readonly string[]): string[] {
  const [was, is] = [isObject(before) ? before : {}, isObject(after) ? after : {}];
  return [...new Set([...Object.keys(is), ...Object.keys(was)])].sort().flatMap((name) => {
    if (was[name] === is[name] || passedOver.includes(name)) return [];
    if (!isSecret(name, was[name]) && !isSecret(name, is[name])) return [changed(name, was[name], is[name])];
    return [`${name} ${was[name] === undefined ? 'new' : is[name] === undefined ? 'gone' : 'changed'}`];
  });
}

function fileDetails(before: readonly string[], after: readonly string[], others: readonly string[]): string[] {
  return [
    ...after.filter((name) => !before.includes(name)).map((name) => `${name} new`),
    ...after.filter((name) => before.includes(name) && others.includes(name)).map((name) => `${name} changed`),
    ...before.filter((name) => !after.includes(name)).map((name) => `${name} gone`),
  ];
}

/** Besides services: what the worktree is called, the database, limits. */
function partChanges(before: PlainValues, after: PlainValues): readonly UpdateChange[] {
  const keys = [...new Set([...Object.keys(after), ...Object.keys(before)])];
  return keys.flatMap((key): UpdateChange[] => {
    if (key === 'services' || isSame(before[key], after[key])) return [];
    const [was, is] = [before[key], after[key]];
    const name = titles[key] ?? words[key] ?? key;
    if (isNothing(was) || isNothing(is))
      return [{ of: 'part', name, kind: isNothing(was) ? 'new' : 'gone', details: [] }];
    const details = isObject(was) && isObject(is) ? fieldDetails(was, is, []) : [`${shown(was)} -> ${shown(is)}`];
    return [{ of: 'part', name, kind: 'changed', details }];
  });
}

function usedDetail({ uses }: PlainValues): readonly string[] {
  return typeof uses === 'string' ? [uses] : [];
}

function changed(word: string, before: unknown, after: unknown): string {
  if (isNothing(before)) return after === true ? `${word} new` : `${word} ${shown(after)}, new`;
  return isNothing(after) ? `${word} gone` : `${word} ${shown(before)} -> ${shown(after)}`;
}

/** An argument vector as a person types it; all else as JSON has it, but for a text of one line. */
function shown(value: unknown): string {
  if (typeof value === 'string')
    return value === '' || /[\p{Cc}\u2028\u2029]/u.test(value) ? JSON.stringify(value) : value;
  if (!Array.isArray(value)) return JSON.stringify(value);
  return value
    .map((each) => (typeof each === 'string' && /^[^\s"]+$/.test(each) ? each : JSON.stringify(each)))
    .join(' ');
}

function isSame(before: unknown, after: unknown): boolean {
  if (isNothing(before) || isNothing(after)) return isNothing(before) && isNothing(after);
  return ordered(before) === ordered(after);
}

/** The order of keys says nothing. */
function ordered(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    isObject(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each,
  );
}
