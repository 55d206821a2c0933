import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { loadEnv } from 'vite';
import { expect, it } from 'vitest';
import { envLine, envLineNote } from '../../../../src/core/variables/envLine';

it.each([
  ['plain', 'plain', 'A=plain'],
  ['nothing', '', 'A='],
  ['a URL', 'postgresql://u:p%40@127.0.0.1:5432/db', 'A=postgresql://u:p%40@127.0.0.1:5432/db'],
  ['what a shell reads', 'http://x/?a=b&c=$d', "A='http://x/?a=b&c=$d'"],
  ['a comment', 'a #b', "A='a #b'"],
  ['a quote', "it's", `A="it's"`],
  ['two kinds of quotes', `it's "x"`, undefined],
  ['two lines', 'a\nb', undefined],
  ['a backslash', 'a\\b', "A='a\\b'"],
  ['a backslash before another', 'a\\\\b', undefined],
  ['a backslash at its end', 'ab\\', undefined],
])('%s is written as all readers understand it', (_, value, expected) => {
  expect(envLine('A', value)).toBe(expected);
});

it.each([
  'plain',
  'a #b',
  'a#b',
  ' a ',
  "it's",
  'say "x"',
  'a\\b',
  'a\\nb',
  'a`b',
  'a;b&c|d',
  '%41',
  'cost: 5$',
  '$5 a day',
  'a$b',
  'a${HOME}b',
])('%j is read back by Node.js, Vite and a shell, or it is said where it is not', async (value) => {
  const line = envLine('A', value) ?? '';
  const folder = await mkdtemp(join(tmpdir(), 'coppice-env-'));
  await writeFile(join(folder, '.env'), `${line}\nB=1\n`);
  const { A: vite, B: next } = loadEnv('development', folder, '');
  const readers: (string | undefined)[] = [parseEnv(line)['A']];
  if (process.platform !== 'win32')
    readers.push(spawnSync('sh', ['-c', '. ./.env; printf %s "$A"'], { cwd: folder, encoding: 'utf8' }).stdout);
  await rm(folder, { recursive: true });
  expect([...new Set(readers), next]).toEqual([value, '1']);
  expect(vite === value).toBe(envLineNote('A', value) === undefined);
});
