import { isClusterKind } from '../clusterTraits';
import type { Identity } from '../model';
import type { RecordKind } from '@coppice/host/migrateRecord';
import type { JsonRecord } from '@coppice/host/parseRecord';
import { isObject } from './isObject';

/** `coppice.json` in a worktree's git directory: whose environment it is, and what it consists of. */
export const identityRecord: RecordKind<Identity> = {
  version: 2,
  steps: { 1: (value) => fromFirst(value) },
  problem: (value) => {
    const wrong = checks.find(([path, check]) => !check(at(value, path)));
    if (!wrong) return partsProblem(value);
    const [path] = wrong;
    return `"${path}" is ${at(value, path) === undefined ? 'missing' : 'not what it should be'}`;
  },
};

/** Whether there was a database the first version did not say: its name stays, so that a delete looks for it. */
function fromFirst(value: JsonRecord): JsonRecord {
  const { repositoryId, worktreeId, slug, namespace, host, release, cluster, ref, createdBranch, state, createdAt } =
    value;
  const { database, databaseRole: role, temporalNamespace, metricsPorts } = value;
  return {
    owner: { repositoryId, worktreeId },
    names: { slug, namespace, host, release },
    ...{ cluster, ref, createdBranch, state, createdAt },
    parts: {
      database: { provider: 'postgres', database, role },
      temporal: { namespace: temporalNamespace },
      services: { metricsPorts },
    },
  };
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string' && value !== '';
const isOptionalText: Check = (value) => value === undefined || typeof value === 'string';
/** Names reach programs as operands: none may look like an option, or be anything but what Coppice gives. */
const isLabel: Check = (value) => typeof value === 'string' && /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(value);
const isDatabaseName: Check = (value) => typeof value === 'string' && /^wt_[a-z0-9_]{1,60}$/.test(value);
const isHost: Check = (value) => typeof value === 'string' && /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/.test(value);
const isId: Check = (value) => typeof value === 'string' && /^[0-9a-f]{12}$/.test(value);

const isAddress: Check = (value) =>
  isObject(value) && isText(value['path']) && (value['host'] === undefined || isLabel(value['host']));

const checks: readonly (readonly [string, Check])[] = [
  ['owner.repositoryId', isId],
  ['owner.worktreeId', isId],
  ['names.slug', isLabel],
  ['names.namespace', isLabel],
  ['names.host', isHost],
  ['names.release', isLabel],
  [
    'cluster',
    (value) =>
      isObject(value) &&
      isClusterKind(value['kind']) &&
      isOptionalText(value['context']) &&
      isOptionalText(value['server']) &&
      isOptionalText(value['caSha256']),
  ],
  ['ref', isText],
  ['createdBranch', (value) => typeof value === 'boolean'],
  ['state', (value) => value === 'creating' || value === 'created'],
  ['createdAt', (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value))],
  ['parts', isObject],
];

const isTexts: Check = (value) => Array.isArray(value) && value.every((each) => typeof each === 'string');

const isPorts: Check = (value) => isObject(value) && Object.values(value).every((port) => Number.isInteger(port));

const isUsed: Check = (value) =>
  isObject(value) &&
  isText(value['tool']) &&
  isPorts(value['ports']) &&
  (value['isKept'] === undefined || typeof value['isKept'] === 'boolean') &&
  (value['former'] === undefined || isTexts(value['former']));

const partChecks: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  patch: { files: isTexts },
  teardown: { commands: (value) => typeof value === 'number' },
  database: {
    provider: (value) => value === 'postgres',
    database: isDatabaseName,
    role: isDatabaseName,
    url: (value) => value === undefined || isText(value),
    from: (value) => value === undefined || isId(value),
  },
  temporal: { namespace: isLabel },
  temporalNamespace: { namespace: isLabel },
  uses: {
    services: (value) =>
      isObject(value) && Object.entries(value).every(([name, each]) => isLabel(name) && isUsed(each)),
  },
  services: {
    metricsPorts: isPorts,
    addresses: (value) => value === undefined || (isObject(value) && Object.values(value).every(isAddress)),
  },
};

/** What is wrong with the records of parts; undefined: nothing. */
export function partsProblem({ parts }: { readonly parts?: unknown }): string | undefined {
  for (const [id, part] of Object.entries(isObject(parts) ? parts : {})) {
    if (!isObject(part)) return `"parts.${id}" is not what it should be`;
    const wrong = Object.entries(partChecks[id] ?? {}).find(([key, check]) => !check(part[key]));
    if (wrong)
      return `"parts.${id}.${wrong[0]}" is ${part[wrong[0]] === undefined ? 'missing' : 'not what it should be'}`;
  }
  return undefined;
}

/** @param path keys with dots between them */
function at(value: JsonRecord, path: string): unknown {
  return path.split('.').reduce<unknown>((object, key) => (isObject(object) ? object[key] : undefined), value);
}
