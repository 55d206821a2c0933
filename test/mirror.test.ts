import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

function filesOf(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
    file.split(sep).join('/'),
  );
}

/** Below test/unit, without the ending. At its root lies what is about the product as a whole. */
const tests = filesOf('test/unit')
  .filter((file) => file.endsWith('.test.ts') && file.includes('/'))
  .map((file) => file.replace(/\.test\.ts$/, ''));

/** Where the sources of a folder of test/unit are. */
function sourceFolder(folder: string): string {
  if (/^(manifest|scripts|webview)(\/|$)/.test(folder)) return folder;
  const [, name, rest] = /^packages\/(\w+)(\/.*)?$/.exec(folder) ?? [];
  return name === undefined ? `src/${folder}` : `packages/${name}/src${rest ?? ''}`;
}

test('each folder of unit tests is one of the sources', () => {
  expect(tests.length).toBeGreaterThan(100);
  const folders = new Set(tests.map((file) => sourceFolder(dirname(file))));
  expect([...folders].filter((folder) => !existsSync(join(root, folder)))).toEqual([]);
});

test('a unit test that is named after a file of its layer lies where that file lies', () => {
  const sources = filesOf('src').filter((file) => file.endsWith('.ts'));
  const misplaced = tests.filter((file) => {
    const layer = `${file.split('/')[0]}/`;
    const named = sources.filter((source) => source.startsWith(layer) && basename(source, '.ts') === basename(file));
    return named.length > 0 && !named.includes(`${file}.ts`);
  });
  expect(misplaced).toEqual([]);
});

test('where sources have rooms, a unit test is in the room that it is about, or has its name', () => {
  const loose = tests.filter(
    (file) =>
      /^(adapters|app|ui)\/\w+$/.test(file) &&
      !existsSync(join(root, 'src', file)) &&
      !existsSync(join(root, 'src', `${file}.ts`)),
  );
  expect(loose).toEqual([]);
});
