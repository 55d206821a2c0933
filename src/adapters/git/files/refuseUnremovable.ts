import { join } from 'node:path';
import { AppError } from '../../../core/errors';
import type { FolderContents } from './walkFolder';

/**
 * What is in the way of removing a folder is said before anything is removed.
 *
 * @throws conflict for a mount, denied for a folder that cannot be looked into, or that is another user's
 */
export function refuseUnremovable(folder: string, { mounts, unreadable, unremovable }: FolderContents): void {
  const [mount] = mounts;
  if (mount !== undefined) {
    throw new AppError(
      'conflict',
      `${join(folder, mount)} is mounted there: what it shows lies elsewhere and is not to be deleted. Unmount it first.`,
    );
  }
  const [closed] = unreadable;
  if (closed !== undefined) {
    throw new AppError(
      'denied',
      `${join(folder, closed.path)} cannot be looked into (${closed.code}), so that nobody can tell what would be lost. Make it readable, or remove it, first.`,
    );
  }
  const [others] = unremovable;
  if (others !== undefined) {
    throw new AppError(
      'denied',
      `${join(folder, others)} belongs to another user and cannot be removed by you. Remove it, or make it yours, first.`,
    );
  }
}
