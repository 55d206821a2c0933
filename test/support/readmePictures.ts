import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../scripts/workplace/run.mjs';
import type { VSCodeWindow } from './vscodeWindow';

const folder = join(root, 'media', 'pictures');

/**
 * The README's pictures: kept with --update-pictures, else only looked for, there and in the README.
 *
 * @param pictures by the name of a screenshot that this window's test has taken, the picture's name in the README
 * @throws Error for the first that is not there
 */
export async function readmePictures(window: VSCodeWindow, pictures: Readonly<Record<string, string>>): Promise<void> {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  for (const [taken, name] of Object.entries(pictures)) {
    const file = join(folder, `${name}.png`);
    if (process.env.COPPICE_UPDATE_PICTURES) {
      await mkdir(folder, { recursive: true });
      await copyFile(await window.screenshotPath(taken), file);
    }
    if (!existsSync(file)) throw new Error(`There is no ${file}: take it with --update-pictures.`);
    if (!readme.includes(`media/pictures/${name}.png`)) throw new Error(`The README shows no ${name}.png.`);
  }
}
