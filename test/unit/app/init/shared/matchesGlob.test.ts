import { expect, it } from 'vitest';
import { matchesGlob } from '../../../../../src/app/init/shared/matchesGlob';
import { proposeFor } from '../../../../support/proposeFor';

it.each([
  ['packages/*', ['packages/a'], ['packages', 'packages/a/b', 'other/a']],
  ['packages/**', ['packages/a', 'packages/a/b'], ['packages', 'other/a']],
  ['**/api', ['apps/api', 'a/b/api'], ['api', 'apps/apis']],
  ['a*b*c', ['abc', 'axxbxbxc'], ['ab', 'abcx', 'a/b/c']],
  ['a.b', ['a.b'], ['axb']],
  ['*', ['a', ''], ['a/b']],
])('%s means %j and not %j', (pattern, meant, others) => {
  expect(meant.filter((name) => !matchesGlob(pattern, name))).toEqual([]);
  expect(others.filter((name) => matchesGlob(pattern, name))).toEqual([]);
});

it('means parts of another separator', () => {
  expect(['dev:a', 'dev:a:b', 'dev'].map((name) => matchesGlob('dev:*', name, ':'))).toEqual([true, false, false]);
});

const n = 80_000;
const times = (text: string): string => text.repeat(n);
const node = (scripts: object) => JSON.stringify({ scripts, devDependencies: { vite: '8' } });
/** What is in a folder may be a member of the root's workspace. */
const uv = { 'uv.lock': '', 'api/requirements.txt': 'flask' };

/** Files that one of init's readers once took long for: each way to read them was tried. */
const slow: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'globs of a workspace': {
    'pyproject.toml': `[tool.uv.workspace]\nmembers = ["${'*a'.repeat(12)}b"]`,
    'uv.lock': '',
    [`${'a'.repeat(60)}/pyproject.toml`]: '[project]\nname = "a"',
  },
  'globs of packages': {
    'package.json': JSON.stringify({ workspaces: [`${'*a'.repeat(12)}b`] }),
    [`${'a'.repeat(60)}/package.json`]: node({ dev: 'vite' }),
  },
  'globs of scripts': {
    'package.json': node({ dev: `npm-run-all ${'*a'.repeat(12)}b`, ['a'.repeat(60)]: 'vite' }),
  },
  'headers of tables': { ...uv, 'pyproject.toml': `[tool.uv.workspace]\n${times('[a\n')}` },
  'lists that do not end': { ...uv, 'pyproject.toml': `[tool.uv.workspace]\n${times('members = [\n')}` },
  'extras that do not end': { 'requirements.txt': times(' a[') },
  'lines of nothing': { 'setup.py': times('\n') },
  'a variable of spaces': { '.env.example': `A=x${times(' ')}y` },
  'a process of spaces': { Procfile: `web:${times(' ')}` },
  'an instruction of spaces': { Dockerfile: `RUN${times(' ')}\nCMD${times(' ')}` },
  'a Dockerfile of nothing': { Dockerfile: times('\n') },
  'a crate of spaces': { 'Cargo.toml': `[package]\nname = "a"\n[a${times(' ')}b` },
  'a word of a script': { 'package.json': node({ dev: `vite ${times('a')}` }) },
  'a string that does not end': { '.devcontainer/devcontainer.json': `{"a": "${times('\\"')}` },
  'comments that do not end': { '.devcontainer/devcontainer.json': times('/* ') },
};

it.each(Object.keys(slow))('reads %s in a time that their size accounts for', async (what) => {
  const files = slow[what] ?? {};
  // Of the same names and sizes, and nothing in it.
  const plain = Object.fromEntries(
    Object.entries(files).map(([name, text]) => [name, '# a\n'.repeat(text.length / 4)]),
  );
  const took = async (of: Readonly<Record<string, string>>): Promise<number> => {
    const start = performance.now();
    await proposeFor(of).catch(() => undefined);
    return performance.now() - start;
  };
  await took(plain);
  const bound = 1000 + 10 * (await took(plain));
  expect(await took(files)).toBeLessThan(bound);
});
