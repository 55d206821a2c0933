import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '@coppice/host/writeFileAtomically';
import type { SpareRecord } from '../../../core/ports/spares';
import { spareRecord } from '../../../core/records/spareRecord';
import { recordOrNothing } from '../../../core/records/understandRecord';

interface Place {
  readonly gitDir: string;
}

/** undefined: there is none, or it is damaged. @throws failed when a newer Coppice wrote it */
export async function readSpare({ gitDir }: Place): Promise<SpareRecord | undefined> {
  const path = spareFile({ gitDir });
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : recordOrNothing(spareRecord, text, path);
}

export async function writeSpare({ gitDir }: Place, record: SpareRecord): Promise<void> {
  await writeFileAtomically(spareFile({ gitDir }), `${JSON.stringify(record, undefined, 2)}\n`);
}

/** From then on it is a worktree like any other, once it is not locked as a spare. */
export async function forgetSpare({ gitDir }: Place): Promise<void> {
  await rm(spareFile({ gitDir }), { force: true });
}

/** In place of the reason for which git has locked it. */
export async function lockAs({ gitDir }: Place, reason: string): Promise<void> {
  await writeFileAtomically(join(gitDir, 'locked'), reason);
}

export async function lockReasonOf({ gitDir }: Place): Promise<string | undefined> {
  return readFile(join(gitDir, 'locked'), 'utf8').catch(() => undefined);
}

/** Its record: nothing of a claim is older than what it says of it. */
export function spareFile({ gitDir }: Place): string {
  return join(gitDir, 'coppice-spare.json');
}
