import { isAppError } from '../../../core/errors';
import type { Settings } from '../../../core/settings';
import type { UseCase } from '../../run/run';
import { withLock } from '../../run/withLock';
import { sweepUsedTemplates, type UsedTemplatePorts } from '../../uses/sweepUsedTemplates';
import { trashLock } from './trashLock';
import type { UndoPorts } from './undoDelete';

const hourMs = 3600_000;

export interface SweepPorts extends Pick<UndoPorts, 'worktrees' | 'locks'>, UsedTemplatePorts {
  readonly settings: () => Settings;
}

/**
 * Deletes for good what was deleted longer ago than the setting says, and templates of used services that nobody needs: of those the
 * last environment may be gone. Not while another sweeps, or something is brought back.
 */
export function sweepTrash({
  worktrees,
  locks,
  settings,
  ...ports
}: SweepPorts): UseCase<{ readonly folder: string }, void> {
  return async ({ folder }, { signal }) => {
    const repository = await worktrees.repository(folder, signal);
    try {
      await withLock(locks, trashLock(repository), 'the trash is being swept', () =>
        worktrees.sweep(repository, settings()['trash.hours'] * hourMs),
      );
    } catch (error) {
      if (!isAppError(error, 'conflict')) throw error;
    }
    await sweepUsedTemplates({ ...ports, locks });
  };
}
