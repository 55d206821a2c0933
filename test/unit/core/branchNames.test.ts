import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newBranchNameProblem } from '../../../src/core/naming';
import { gitEnv } from '../../support/gitRepository';

let repository: string;
let env: NodeJS.ProcessEnv;
beforeAll(() => {
  repository = mkdtempSync(join(tmpdir(), 'coppice-names-'));
  env = gitEnv(repository);
  execFileSync('git', ['init', '--quiet'], { cwd: repository, env });
});
afterAll(() => rmSync(repository, { recursive: true, force: true }));

describe('a new branch', () => {
  it.each([
    'earl/FIB-123-new-feature',
    'main',
    'v1.2.3',
    'feature_1',
    'größe/機能',
    'user@home',
    'a=b',
    'c++',
    '#123',
    '123',
    'a-',
    'a/b-',
    'x'.repeat(200),
  ])('may be called %s', (name) => {
    expect(newBranchNameProblem(name)).toBeUndefined();
  });

  it.each([
    ['', 'A branch name is needed.'],
    ['  ', 'A branch name is needed.'],
    ['$(id)', '"$(id)" is no branch name for Coppice: $ is not allowed.'],
    ['`id`', '` is not allowed'],
    ['a;b', '; is not allowed'],
    ['--output=x', 'it starts with "-"'],
    ['x"y\'z', '" is not allowed'],
    ['a b', 'a space is not allowed'],
    ['a\tb', 'U+0009 is not allowed'],
    ['a\0b', 'U+0000 is not allowed'],
    ['a\u202eb', 'U+202E is not allowed'],
    ['a\ud800', 'U+D800 is not allowed'],
    ['a|b', '| is not allowed'],
    ['a&b', '& is not allowed'],
    ['a>b', '> is not allowed'],
    ['a\\b', '\\ is not allowed'],
    ['a*', '* is not allowed'],
    ['a?', '? is not allowed'],
    ['a[b', '[ is not allowed'],
    ['a~1', '~ is not allowed'],
    ['a^', '^ is not allowed'],
    ['a:b', ': is not allowed'],
    ['{{.Values}}', '{ is not allowed'],
    ['%00', '% is not allowed'],
    ['a!b', '! is not allowed'],
    ['/a', 'git does not allow'],
    ['a/', 'git does not allow'],
    ['a//b', 'git does not allow'],
    ['a..b', 'git does not allow'],
    ['../a', 'git does not allow'],
    ['.a', 'git does not allow'],
    ['a/.b', 'git does not allow'],
    ['a.', 'git does not allow'],
    ['a.lock', 'git does not allow'],
    ['a.lock/b', 'git does not allow'],
    ['@', 'git does not allow'],
    ['HEAD', 'git reads it as something else'],
    ['refs/heads/a', 'git reads it as something else'],
    ['x'.repeat(201), '201 characters long; 200 are allowed'],
  ])('must not be called %j', (name, why) => {
    const problem = newBranchNameProblem(name);
    expect(problem).toContain(why);
    expect(problem).not.toMatch(/[\n\0\u202e]/);
  });

  it('is called only what git accepts', () => {
    const piece = fc.constantFrom(
      ...[
        'a',
        'B',
        '7',
        'ü',
        '機',
        '/',
        '//',
        '.',
        '..',
        '-',
        '--',
        '_',
        '+',
        '#',
        '@',
        '@{',
        '{',
        '=',
        '.lock',
        '.LOCK',
      ],
      ...['HEAD', 'refs/', 'heads/', ' ', '~', '^', ':', '?', '*', '[', '\\', '$', ';', '\u007f', '\u0300'],
    );
    const names = fc
      .sample(fc.array(piece, { minLength: 1, maxLength: 5 }), { numRuns: 12000, seed: 20261122 })
      .map((parts) => parts.join(''));
    const accepted = [...new Set(names)].filter((name) => newBranchNameProblem(name) === undefined).slice(0, 600);
    expect(accepted.length).toBeGreaterThan(200);
    // One process for all: git refuses the whole transaction when one name is wrong, and says which. A number keeps them apart.
    const commands = (all: readonly string[]): string =>
      all.map((name, index) => `verify refs/heads/${index}/${name}\0\0`).join('');
    const check = (all: readonly string[]) =>
      spawnSync('git', ['update-ref', '--stdin', '-z'], {
        cwd: repository,
        env,
        input: commands(all),
        encoding: 'utf8',
      });
    expect(check(accepted).stderr).toBe('');
    expect(check(['a..b']).stderr).toContain('invalid ref');
    for (const name of accepted.slice(0, 40)) {
      const asBranch = spawnSync('git', ['check-ref-format', '--branch', name], { env, encoding: 'utf8' });
      expect([name, asBranch.status, asBranch.stdout.trim()]).toEqual([name, 0, name]);
    }
  });
});
