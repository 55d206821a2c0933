import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jszip from 'jszip';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packFolder } from '../../../scripts/packFolder.mjs';
import { root } from '../../../scripts/workplace/run.mjs';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-packed-'));
  await mkdir(join(folder, 'media'));
  for (const file of ['README.md', 'LICENSE', '.vscodeignore', 'media/icon.png'])
    await copyFile(join(root, file), join(folder, file));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The README of a package of this extension, were `repository` that of its manifest; without its code, which takes long. */
async function packedReadme(repository?: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const { name, displayName, description, version, publisher, license, engines, icon } = manifest;
  const kept = { name, displayName, description, version, publisher, license, engines, icon };
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify(repository === undefined ? kept : { ...kept, repository }),
  );
  const vsix = join(folder, 'packed.vsix');
  await packFolder(folder, vsix);
  const files = await jszip.loadAsync(await readFile(vsix));
  const readmes = Object.keys(files.files).filter((file) => /readme\.md$/i.test(file));
  expect(readmes).toEqual(['extension/readme.md']);
  return (await files.file('extension/readme.md')?.async('text')) ?? '';
}

const pictures = /!\[[^\]]*\]\(([^)]*)\)/g;
const targets = /\]\(([^)#\s]+)\)/g;

it('shows its pictures from the public address of the repository, and links to its files there', async () => {
  const page = await packedReadme('https://github.com/owner/name');
  const shown = [...page.matchAll(pictures)].map(([, address]) => address);
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  expect(shown.length).toBe([...readme.matchAll(pictures)].length);
  expect(shown.length).toBeGreaterThan(1);
  for (const address of shown)
    expect(address).toMatch(/^https:\/\/github\.com\/owner\/name\/raw\/HEAD\/media\/pictures\/[\w-]+\.png$/);
  for (const [, target] of page.matchAll(targets)) expect(target).toMatch(/^https:\/\//);
  expect(page).toContain('(https://github.com/owner/name/blob/HEAD/ARCHITECTURE.md)');
});

it('has no picture and no link that leads nowhere as long as the repository has no public address', async () => {
  const page = await packedReadme();
  expect(page).not.toMatch(/!\[/);
  for (const [, target] of page.matchAll(targets)) expect(target).toMatch(/^https:\/\//);
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const words = (text: string): number => text.split(/\s+/).length;
  expect(words(page)).toBeGreaterThan(words(readme) * 0.95);
});
