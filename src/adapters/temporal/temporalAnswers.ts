import { AppError } from '../../core/errors';
import type { Owner } from '../../core/model';

/*
 * What Temporal's program says as JSON, and what a namespace's data say of its owner.
 */

export interface ToldNamespace {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const keys = { repository: 'coppiceRepository', worktree: 'coppiceWorktree' } as const;

/** As the program takes them. */
export function ownerData({ repositoryId, worktreeId }: Owner): readonly string[] {
  return [`${keys.repository}=${repositoryId}`, `${keys.worktree}=${worktreeId}`];
}

/** undefined: no environment's. */
export function ownerIn(data: ToldNamespace['data']): Owner | undefined {
  const { [keys.repository]: repositoryId, [keys.worktree]: worktreeId } = data;
  return typeof repositoryId === 'string' && typeof worktreeId === 'string' ? { repositoryId, worktreeId } : undefined;
}

/** Those of `operator namespace list`. @throws failed */
export function namespacesIn(text: string): readonly ToldNamespace[] {
  const told = parsed(text);
  if (!Array.isArray(told)) throw misunderstood('operator namespace list');
  return told.map((each: unknown) => {
    const found = toldNamespace(each);
    if (!found) throw misunderstood('operator namespace list');
    return found;
  });
}

/** What the web interface says of one; undefined: it is something else. */
export function namespaceIn(text: string): ToldNamespace | undefined {
  return toldNamespace(parsed(text));
}

function toldNamespace(value: unknown): ToldNamespace | undefined {
  const info = fieldOf(value, 'namespaceInfo');
  const [name, data] = [fieldOf(info, 'name'), fieldOf(info, 'data')];
  if (typeof name !== 'string') return undefined;
  return { name, data: typeof data === 'object' && data !== null ? { ...data } : {} };
}

/**
 * How many workflows are in each state (`Running`, `Failed`), by what the web interface says of them in groups; undefined: it is
 * something else. A state is a payload of Temporal's: base64 of JSON (temporal/api/common/v1/message.proto, 2026).
 */
export function workflowStatesIn(text: string): ReadonlyMap<string, number> | undefined {
  const told = parsed(text);
  if (typeof told !== 'object' || told === null) return undefined;
  const groups = fieldOf(told, 'groups') ?? [];
  if (!Array.isArray(groups)) return undefined;
  const found = new Map<string, number>();
  for (const group of groups as readonly unknown[]) {
    const values = fieldOf(group, 'groupValues');
    const data = Array.isArray(values) ? fieldOf(values[0], 'data') : undefined;
    const state = typeof data === 'string' ? parsed(Buffer.from(data, 'base64').toString('utf8')) : undefined;
    const count = countIn(group);
    if (typeof state !== 'string' || count === undefined) return undefined;
    found.set(state, count);
  }
  // Who does not group says how many there are, and nothing of how they are.
  return found.size === 0 && countIn(told) !== 0 ? undefined : found;
}

/** Nothing is said of none; undefined: no number. */
function countIn(value: unknown): number | undefined {
  const count = fieldOf(value, 'count') ?? 0;
  const number = typeof count === 'string' || typeof count === 'number' ? Number(count) : Number.NaN;
  return Number.isInteger(number) ? number : undefined;
}

/** The number of `workflow count`; nothing is said of none. @throws failed */
export function workflowsIn(text: string): number {
  const told = parsed(text);
  const number = countIn(told);
  if (typeof told !== 'object' || told === null || number === undefined) throw misunderstood('workflow count');
  return number;
}

/** By what `operator cluster describe` tells a server from every other, wherever it listens; undefined: nothing is said of it. */
export function clusterIn(text: string): string | undefined {
  const id = fieldOf(parsed(text), 'clusterId');
  return typeof id === 'string' && id !== '' ? id : undefined;
}

/** Whether a list that was told has anything; nothing at all is said of an empty one. */
export function isAnyIn(text: string): boolean {
  const told = parsed(text);
  return Array.isArray(told) && told.length > 0;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function misunderstood(what: string): AppError {
  return new AppError('failed', `What Temporal's program says to "${what}" was not understood.`, {
    explanation: 'Another version of it may help.',
  });
}
