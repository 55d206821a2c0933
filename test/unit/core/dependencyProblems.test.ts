import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dependencyProblems } from '../../../src/core/dependencyProblems';
import type { Dependencies } from '../../../src/core/environmentFile';

function service(name: string, dependsOn: Dependencies = {}, more: { once?: boolean; replicas?: number } = {}) {
  return { name, dependsOn, once: false, replicas: 1, ...more };
}
const told = (...services: ReturnType<typeof service>[]): string[] =>
  dependencyProblems(services).map(({ service: of, dependency, message }) => `${of} ${dependency}: ${message}`);

it('finds nothing where all that is waited for can come', () => {
  const migrate = service('migrate', { db: 'healthy' }, { once: true });
  const all = [service('api', { db: 'started', migrate: 'completed' }), migrate, service('db')];
  expect(told(...all, service('seed', { migrate: 'started' }, { once: true }))).toEqual([]);
});

it('says what cannot come, and what is allowed', () => {
  const migrate = service('migrate', {}, { once: true });
  expect(told(service('a', { a: 'healthy' }))).toEqual(['a a: must be another service: none can wait for itself']);
  expect(told(service('a', { dbx: 'healthy' }), service('db'))).toEqual([
    'a dbx: names "dbx", which is no service: expected one of a, db',
  ]);
  expect(told(service('a', { b: 'completed' }), service('b'))).toEqual([
    'a b: must be started or healthy: b is no service that runs to its end (once: true)',
  ]);
  expect(told(service('a', { migrate: 'healthy' }), migrate)).toEqual([
    'a migrate: must be started or completed: migrate runs to its end (once: true)',
  ]);
  expect(told(service('a', { b: 'started' }), service('b', {}, { replicas: 0 }))).toEqual([
    'a b: would wait for ever: b has no replicas',
  ]);
});

it('tells each circle once, as a chain that a person can follow', () => {
  const waits = (name: string, other: string) => service(name, { [other]: 'healthy' });
  expect(told(waits('a', 'b'), waits('b', 'c'), waits('c', 'a'), waits('d', 'a'))).toEqual([
    'a b: goes in a circle: a waits for b, b waits for c, c waits for a',
  ]);
  expect(told(waits('d', 'a'), waits('a', 'b'), waits('b', 'a'))).toEqual([
    'a b: goes in a circle: a waits for b, b waits for a',
  ]);
});

it('finds a circle where and only where there is no order, in any graph', () => {
  const edges = fc.array(fc.tuple(fc.nat(6), fc.nat(6)), { maxLength: 14 });
  fc.assert(
    fc.property(edges, (drawn) => {
      const pairs = drawn.filter(([from, to]) => from !== to);
      const names = [...Array(7).keys()];
      const services = names.map((from) =>
        service(
          `s${from}`,
          Object.fromEntries(pairs.filter(([one]) => one === from).map(([, to]) => [`s${to}`, 'healthy' as const])),
        ),
      );
      // What waits for nothing that is left is taken away, again and again.
      let left = names;
      for (;;) {
        const next = left.filter((one) => pairs.some(([from, to]) => from === one && left.includes(to)));
        if (next.length === left.length) break;
        left = next;
      }
      expect(dependencyProblems(services).length > 0).toBe(left.length > 0);
    }),
    { numRuns: 500 },
  );
});
