import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../../../src/adapters/environmentFile/parseYaml';

describe('aliases', () => {
  it('are followed in a file of many services that share their parts', () => {
    const shared = 'x-health: &health {test: [a]}\nx-base: &base\n  healthcheck: *health\n  restart: always\n';
    const services = Array.from(
      { length: 90 },
      (_, at) => `  s${at}:\n    <<: *base\n    healthcheck: {<<: *health}\n`,
    );
    const value = parseYaml(`${shared}services:\n${services.join('')}`, 'compose.yml') as Record<string, unknown>;
    expect(Object.keys(value['services'] ?? {})).toHaveLength(90);
    const nested = Array.from({ length: 12 }, (_, at) => `x${at}: &x${at} [${at === 0 ? 'a' : `*x${at - 1}, a`}]\n`);
    const lists = Array.from({ length: 90 }, () => '- *x11\n').join('');
    expect(parseYaml(`${nested.join('')}all:\n${lists}`, 'compose.yml')).toHaveProperty('all.length', 90);
  });

  it.each([
    [
      'by the number of them',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 9 }, (_, i) => `b${i}: &b${i} [${`*${i === 0 ? 'a' : `b${i - 1}`},`.repeat(9)}]\n`).join('')}`,
    ],
    ['by what they repeat', `a: &a [${'x,'.repeat(5000)}]\nb: [${'*a,'.repeat(100)}]`],
  ])('that repeat too much are told in plain words, %s', (_, text) => {
    const start = process.cpuUsage();
    expect(() => parseYaml(text, 'compose.yml')).toThrow(
      'compose.yml: repeats its parts by aliases more often than is read',
    );
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(1000);
  });

  it('that lead nowhere are told as what they are', () => {
    expect(() => parseYaml('a: *b', 'compose.yml')).toThrow(/\bb\b/);
  });

  it.each([
    [
      'merges',
      `x: &x\n${keys(2000, '  k', ' 1')}services:\n${keys(3000, '  s', ' {<<: *x}')}`,
      'repeats its parts by aliases more often than is read',
    ],
    ['merges in a chain', `x0: &x0 {a: 1}\n${chain(1000)}`, 'repeats its parts by aliases more often than is read'],
    ['an alias within itself', 'a: &a [*a]', 'an alias repeats what it is part of'],
    ['a merge of itself', 'a: &a {<<: *a}', 'a merge repeats what it is part of'],
    ['a key that is there twice', `${keys(40_000, 'k', ' 1')}k7: 2`, ':40001: no valid YAML: Map keys must be unique'],
  ])('refuses %s without doing the work', (_, text, said) => {
    const start = process.cpuUsage();
    expect(() => parseYaml(text, 'compose.yml')).toThrow(said);
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(5000);
  });

  it('the largest file that is accepted takes no longer for each of its aliases or keys', () => {
    const start = process.cpuUsage();
    expect(parseYaml(`a: &a x\nb: [${'*a,'.repeat(40_000)}]`, 'compose.yml')).toHaveProperty('b.length', 40_000);
    expect(Object.keys(parseYaml(keys(40_000, 'k', ' 1'), 'compose.yml') ?? {})).toHaveLength(40_000);
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(5000);
  });

  it('merges bring what a mapping does not say itself, the first of several before the others', () => {
    const text =
      'a: &a {x: 1, y: 1}\nb: &b {<<: *a, y: 2, z: 2}\nc: {z: 3, <<: [*a, *b], w: 3}\nd: {<<: *b, <<: *a, "<<": q}\n';
    expect(parseYaml(text, 'compose.yml')).toEqual({
      a: { x: 1, y: 1 },
      b: { x: 1, y: 2, z: 2 },
      c: { z: 3, x: 1, y: 1, w: 3 },
      d: { x: 1, y: 2, z: 2, '<<': 'q' },
    });
  });

  it('the last anchor of a name before it is meant, and marks of Compose stay', () => {
    expect(parseYaml('a: &a 1\nb: *a\nc: &a [2]\nd: *a\ne: !override [3]\n', 'c')).toEqual({
      ...{ a: 1, b: 1, c: [2], d: [2] },
      e: { '!override': [3] },
    });
  });
});

function keys(count: number, before: string, after: string): string {
  return Array.from({ length: count }, (_, at) => `${before}${at}:${after}\n`).join('');
}

function chain(count: number): string {
  return Array.from({ length: count }, (_, at) => `x${at + 1}: &x${at + 1} {<<: *x${at}, k${at}: 1}\n`).join('');
}
