import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Begun, BegunPlace } from '../../core/ports/worktrees';
import { writeFileAtomically } from '@coppice/host/writeFileAtomically';

/** One that cannot be understood says nothing: what it stood for is then found by name, and offered. */
export async function readBegun(place: BegunPlace): Promise<Begun | undefined> {
  const text = await readFile(pathOf(place), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (!isBegun(value)) return undefined;
    const { worktreeId, createdBranch, deletingAt } = value;
    return { worktreeId, createdBranch, ...(deletingAt === undefined ? {} : { deletingAt }) };
  } catch {
    return undefined;
  }
}

export async function writeBegun(place: BegunPlace, begun: Begun): Promise<void> {
  const path = pathOf(place);
  await mkdir(dirname(path), { recursive: true });
  const ref = place.kind === 'branch' ? { ref: place.ref } : {};
  await writeFileAtomically(path, `${JSON.stringify({ ...ref, ...begun }, undefined, 2)}\n`);
}

export async function removeBegun(place: BegunPlace): Promise<void> {
  await rm(pathOf(place), { force: true });
}

function pathOf(place: BegunPlace): string {
  if (place.kind === 'worktree') return join(place.gitDir, 'coppice-begun.json');
  const name = createHash('sha256').update(place.ref).digest('hex').slice(0, 32);
  return join(place.commonDir, 'coppice', 'begun', `${name}.json`);
}

function isBegun(value: unknown): value is Begun {
  if (typeof value !== 'object' || value === null) return false;
  const begun = value as Partial<Record<keyof Begun, unknown>>;
  return (
    typeof begun.worktreeId === 'string' &&
    /^[0-9a-f]{12}$/.test(begun.worktreeId) &&
    typeof begun.createdBranch === 'boolean' &&
    (begun.deletingAt === undefined || typeof begun.deletingAt === 'string')
  );
}
