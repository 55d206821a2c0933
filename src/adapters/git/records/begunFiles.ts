import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Begun, BegunPlace } from '../../../core/ports/worktrees';
import { begunRecord } from '../../../core/records/begunRecord';
import { recordOrNothing } from '../../../core/records/understandRecord';
import { writeFileAtomically } from '@coppice/host/writeFileAtomically';

/** One that cannot be understood says nothing: what it stood for is then found by name, and offered. @throws failed for a newer one */
export async function readBegun(place: BegunPlace): Promise<Begun | undefined> {
  const path = pathOf(place);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  const begun = text === undefined ? undefined : recordOrNothing(begunRecord, text, path);
  if (!begun) return undefined;
  const { worktreeId, createdBranch, deletingAt, parts } = begun;
  return {
    ...{ worktreeId, createdBranch },
    ...(deletingAt === undefined ? {} : { deletingAt }),
    ...(parts === undefined ? {} : { parts }),
  };
}

export async function writeBegun(place: BegunPlace, begun: Begun): Promise<void> {
  const path = pathOf(place);
  await mkdir(dirname(path), { recursive: true });
  const ref = place.kind === 'branch' ? { ref: place.ref } : {};
  await writeFileAtomically(
    path,
    `${JSON.stringify({ version: begunRecord.version, ...ref, ...begun }, undefined, 2)}\n`,
  );
}

export async function removeBegun(place: BegunPlace): Promise<void> {
  await rm(pathOf(place), { force: true });
}

function pathOf(place: BegunPlace): string {
  if (place.kind === 'worktree') return join(place.gitDir, 'coppice-begun.json');
  const name = createHash('sha256').update(place.ref).digest('hex').slice(0, 32);
  return join(place.commonDir, 'coppice', 'begun', `${name}.json`);
}
