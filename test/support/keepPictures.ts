import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../scripts/workplace/run.mjs';
import { screenshotWebp } from './screenshotWebp';
import type { VSCodeWindow } from './vscodeWindow';

const folder = join(root, 'media', 'walkthrough', 'pictures');

/**
 * Pictures of the walkthrough that a test has taken: kept with --update-pictures, else only looked for. They are packaged, so
 * they are WebP.
 *
 * @throws Error when the walkthrough has none of that name
 */
export async function keepPictures(window: VSCodeWindow, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const file = join(folder, `${name}.webp`);
    if (process.env.COPPICE_UPDATE_PICTURES) {
      await mkdir(folder, { recursive: true });
      const taken = await readFile(await window.screenshotPath(name));
      await writeFile(file, await screenshotWebp(window.page.context(), taken));
    }
    if (!existsSync(file)) throw new Error(`There is no ${file}: take it with --update-pictures.`);
  }
}
