import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundles } from '../../../scripts/bundles.mjs';
import { toldBySources } from '../../../scripts/stack.mjs';

let folder: string;
let stack: string;
let map: string;

const source = `import { createHash } from 'node:crypto';

export function veryLongNameOfAFunction(): never {
  const name = createHash('sha256').update('a').digest('hex');
  throw new Error(name);
}
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-stack-'));
  await writeFile(join(folder, 'thrower.ts'), source);
  const { outputFiles } = await build({
    ...bundles.product,
    absWorkingDir: folder,
    entryPoints: { thrower: 'thrower.ts' },
    splitting: false,
    write: false,
  });
  const written = (end: string) => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? '';
  map = written('.map');
  await writeFile(join(folder, 'thrower.mjs'), written('.js'));
  const { veryLongNameOfAFunction } = await import(pathToFileURL(join(folder, 'thrower.mjs')).href);
  try {
    veryLongNameOfAFunction();
  } catch (error) {
    stack = error instanceof Error ? (error.stack ?? '') : '';
  }
  const built = join(folder, 'thrower.mjs');
  stack = stack.replaceAll(pathToFileURL(built).href, built).replaceAll(built, 'file:///me/dist/chunks/x-AB.js');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

it('a stack is told by places in the sources', async () => {
  const asked: string[] = [];
  const told = await toldBySources(`before\n${stack}\nafter\n`, async (file) => {
    asked.push(file);
    return JSON.parse(map);
  });
  expect(asked).toEqual(['dist/chunks/x-AB.js']);
  expect(stack).not.toContain('thrower.ts');
  expect(told).toContain('thrower.ts:5:9');
  expect(told).toMatch(/^before\n[^]*\nafter\n$/);
});

it('what was built at another time, and has no map, stays', async () => {
  expect(await toldBySources(stack, async () => undefined)).toBe(stack);
});
