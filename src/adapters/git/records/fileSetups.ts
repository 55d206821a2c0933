import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '@coppice/host/writeFileAtomically';
import type { Worktree } from '../../../core/model';
import type { RanCommand, Setups } from '../../../core/ports/setups';
import { setupRecord } from '../../../core/records/setupRecord';
import { recordOrNothing } from '../../../core/records/understandRecord';

/** Setups as `coppice-setup.json` in each worktree's own git directory: they go with the worktree, and no commit has them. */
export class FileSetups implements Setups {
  async read(worktree: Worktree): Promise<readonly RanCommand[]> {
    const path = pathOf(worktree);
    const text = await readFile(path, 'utf8').catch(() => undefined);
    return (text === undefined ? undefined : recordOrNothing(setupRecord, text, path)?.ran) ?? [];
  }

  async write(worktree: Worktree, ran: readonly RanCommand[]): Promise<void> {
    await writeFileAtomically(pathOf(worktree), `${JSON.stringify({ version: 1, ran }, undefined, 2)}\n`);
  }
}

function pathOf({ gitDir }: Worktree): string {
  return join(gitDir, 'coppice-setup.json');
}
