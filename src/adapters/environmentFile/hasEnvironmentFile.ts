import { stat } from 'node:fs/promises';
import path from 'node:path';
import { environmentFileName } from '../../core/environmentFile';

/** Apart from what reads the file: whoever lists worktrees asks only this, and loads no parser for it. */
export async function hasEnvironmentFile(folder: string): Promise<boolean> {
  const found = await stat(path.join(folder, environmentFileName)).catch(() => undefined);
  return found?.isFile() === true;
}
