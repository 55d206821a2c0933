import { deflateRawSync } from 'node:zlib';
import { deflateAsync } from '@gfx/zopfli';
import JSZip from 'jszip';
import { expect, it } from 'vitest';
import { tighterZip } from '../../../scripts/tighterZip.mjs';

const text = Array.from({ length: 2000 }, (_, i) => `line ${i % 37} says ${(i * 7919) % 1009}`).join('\n');
const contents: Readonly<Record<string, string>> = { 'a.txt': text, 'ü/b.js': `${text}${text}`, 'empty.txt': '' };
const date = new Date('2026-01-02T03:04:06Z');

/** As the packager streams them: sizes follow the data. */
async function archive(): Promise<Buffer> {
  const zip = new JSZip();
  for (const [name, content] of Object.entries(contents))
    zip.file(name, content, { date, unixPermissions: 0o755, compression: 'DEFLATE' });
  zip.file('stored.png', text, { date, compression: 'STORE' });
  return zip.generateAsync({ type: 'nodebuffer', streamFiles: true, platform: 'UNIX' });
}

it('is smaller, and all that is in it is what it was', async () => {
  const before = await archive();
  const after = await tighterZip(before, (content) => deflateAsync(content, { numiterations: 1 }));
  expect(after.length).toBeLessThan(before.length);
  const [old, read] = [await JSZip.loadAsync(before), await JSZip.loadAsync(after, { checkCRC32: true })];
  expect(Object.keys(read.files)).toEqual(Object.keys(old.files));
  for (const [name, content] of [...Object.entries(contents), ['stored.png', text] as const]) {
    expect(await read.file(name)?.async('string')).toBe(content);
    const { date: when, unixPermissions } = read.files[name] ?? {};
    expect({ when, unixPermissions }).toEqual({
      when: old.files[name]?.date,
      unixPermissions: old.files[name]?.unixPermissions,
    });
  }
});

it('keeps what would grow', async () => {
  const before = await archive();
  const after = await tighterZip(before, async (content) => deflateRawSync(content, { level: 0 }));
  expect(after.length).toBeLessThanOrEqual(before.length);
  expect(await (await JSZip.loadAsync(after)).file('a.txt')?.async('string')).toBe(text);
});

it('is not made by what packs something else', async () => {
  const other = async () => deflateRawSync(Buffer.from('other'));
  await expect(tighterZip(await archive(), other)).rejects.toThrow('not what it was');
  await expect(tighterZip(Buffer.from('no archive'), other)).rejects.toThrow('no ZIP');
});
