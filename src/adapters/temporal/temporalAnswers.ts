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
    const info = fieldOf(each, 'namespaceInfo');
    const [name, data] = [fieldOf(info, 'name'), fieldOf(info, 'data')];
    if (typeof name !== 'string') throw misunderstood('operator namespace list');
    return { name, data: typeof data === 'object' && data !== null ? { ...data } : {} };
  });
}

/** The number of `workflow count`; nothing is said of none. @throws failed */
export function workflowsIn(text: string): number {
  const told = parsed(text);
  const count = fieldOf(told, 'count') ?? 0;
  const number = typeof count === 'string' || typeof count === 'number' ? Number(count) : Number.NaN;
  if (typeof told !== 'object' || told === null || !Number.isInteger(number)) throw misunderstood('workflow count');
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
