import { existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../scripts/workplace/run.mjs';
import type { VSCodeWindow } from './vscodeWindow';

const folder = join(root, 'media', 'walkthrough', 'pictures');

/**
 * Pictures of the walkthrough that a test has taken: kept with --update-pictures, else only looked for.
 *
 * @throws Error when the walkthrough has none of that name
 */
export async function keepPictures(window: VSCodeWindow, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const file = join(folder, `${name}.png`);
    if (process.env.COPPICE_UPDATE_PICTURES) {
      await mkdir(folder, { recursive: true });
      await copyFile(await window.screenshotPath(name), file);
    }
    if (!existsSync(file)) throw new Error(`There is no ${file}: take it with --update-pictures.`);
  }
}
