import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listFile, merge, page, type Verified } from '../../../scripts/verified.mjs';

const root = join(import.meta.dirname, '..', '..', '..');
const entries = JSON.parse(readFileSync(listFile, 'utf8')) as readonly Verified[];
const one: Verified = { tool: 'git', version: '2.1', system: 'Linux, x64', suite: 'a', tests: 3, date: '2026-11-01' };

describe('docs/verified.md', () => {
  test('is what npm run verified writes from docs/verified.json', async () => {
    expect(readFileSync(join(root, 'docs', 'verified.md'), 'utf8')).toBe(await page(entries));
  });

  test('says how a tool was obtained and what was asked of it, in the words that its suite recorded', async () => {
    const told = { ...one, suite: 'b', obtained: 'npm | a registry', asked: 'worktrees: list' };
    const rows = (await page([one, told])).split('\n').filter((line) => line.startsWith('| git'));
    const cells = rows.map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));
    expect(cells.map((of) => of.slice(2, 5))).toEqual([
      ['2.1', '', ''],
      ['2.1', 'npm \\| a registry', 'worktrees: list'],
    ]);
  });

  test('has rows of suites only that are there and record what they have run', () => {
    expect(entries.length).toBeGreaterThan(0);
    for (const { suite, tests, date } of entries) {
      expect(existsSync(join(root, suite)), suite).toBe(true);
      expect(readFileSync(join(root, suite), 'utf8'), suite).toMatch(/\bverifies(?:Kubernetes)?\(/);
      expect(tests).toBeGreaterThan(0);
      expect(date).toMatch(/^\d{4}-\d\d-\d\d$/);
    }
  });
});

describe('what tests have recorded', () => {
  const isThere = (): boolean => true;

  test('takes the place of what was recorded earlier for the same', () => {
    const later = { ...one, tests: 5, date: '2026-11-02' };
    expect(merge([one], [later], isThere)).toEqual([later]);
    expect(merge([later], [one], isThere)).toEqual([later]);
  });

  test('stands beside what is of another version, system or suite', () => {
    const others = [
      { ...one, version: '2.10' },
      { ...one, version: '2.9' },
      { ...one, system: 'macOS, arm64' },
      { ...one, suite: 'b' },
    ];
    const merged = merge([one], others, isThere);
    expect(merged).toHaveLength(5);
    expect(merged.map(({ version }) => version).slice(-2)).toEqual(['2.9', '2.10']);
  });

  test('goes with its suite', () => {
    expect(merge([one, { ...one, suite: 'b' }], [], (suite) => suite === 'b')).toEqual([{ ...one, suite: 'b' }]);
  });
});
