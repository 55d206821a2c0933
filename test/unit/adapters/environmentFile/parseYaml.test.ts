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
});
