import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '@coppice/host/writeFileAtomically';
import type { Worktree } from '../../../core/model';
import type { BegunInstall, Installs } from '../../../core/ports/installs';
import { installsRecord } from '../../../core/records/installsRecord';
import { recordOrNothing } from '../../../core/records/understandRecord';

/** Installs as `coppice-installs.json` in each worktree's own git directory: there as long as one has not ended well. */
export class FileInstalls implements Installs {
  async begun(worktree: Pick<Worktree, 'gitDir'>): Promise<readonly BegunInstall[]> {
    const path = pathOf(worktree);
    const text = await readFile(path, 'utf8').catch(() => undefined);
    return (text === undefined ? undefined : recordOrNothing(installsRecord, text, path)?.begun) ?? [];
  }

  async write(worktree: Pick<Worktree, 'gitDir'>, begun: readonly BegunInstall[]): Promise<void> {
    const path = pathOf(worktree);
    if (begun.length === 0) await rm(path, { force: true });
    else await writeFileAtomically(path, `${JSON.stringify({ version: 1, begun }, undefined, 2)}\n`);
  }
}

function pathOf({ gitDir }: Pick<Worktree, 'gitDir'>): string {
  return join(gitDir, 'coppice-installs.json');
}
