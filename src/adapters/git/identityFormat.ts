import { isClusterKind } from '../../core/clusterTraits';
import type { Identity } from '../../core/model';

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string' && value !== '';
const isOptionalText: Check = (value) => value === undefined || typeof value === 'string';
/** Names reach programs as operands: none may look like an option, or be anything but what Coppice gives. */
const isLabel: Check = (value) => typeof value === 'string' && /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(value);
const isDatabaseName: Check = (value) => typeof value === 'string' && /^wt_[a-z0-9_]{1,60}$/.test(value);
const isHost: Check = (value) => typeof value === 'string' && /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/.test(value);
const isId: Check = (value) => typeof value === 'string' && /^[0-9a-f]{12}$/.test(value);

const checks: Readonly<Record<keyof Identity, Check>> = {
  version: (value) => value === 1,
  repositoryId: isId,
  worktreeId: isId,
  slug: isLabel,
  namespace: isLabel,
  temporalNamespace: isLabel,
  database: isDatabaseName,
  databaseRole: isDatabaseName,
  host: isHost,
  release: isLabel,
  ref: isText,
  metricsPorts: (value) => isObject(value) && Object.values(value).every((port) => Number.isInteger(port)),
  createdBranch: (value) => typeof value === 'boolean',
  cluster: (value) =>
    isObject(value) &&
    isClusterKind(value['kind']) &&
    isOptionalText(value['context']) &&
    isOptionalText(value['server']) &&
    isOptionalText(value['caSha256']),
  state: (value) => value === 'creating' || value === 'created',
  createdAt: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
};

/** What keeps a value from being an identity, for a person; undefined when nothing does. */
export function identityProblem(value: unknown): string | undefined {
  if (!isObject(value)) return 'it is no object';
  if (typeof value['version'] === 'number' && value['version'] !== 1) {
    return `its version is ${value['version']}, and this Coppice knows version 1; a newer Coppice wrote it`;
  }
  const wrong = Object.entries(checks).find(([key, check]) => !check(value[key]));
  return wrong && `"${wrong[0]}" is ${value[wrong[0]] === undefined ? 'missing' : 'not what it should be'}`;
}

export function isIdentity(value: unknown): value is Identity {
  return identityProblem(value) === undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
