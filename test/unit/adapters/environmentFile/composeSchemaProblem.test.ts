import { expect, it } from 'vitest';
import { composeSchemaProblem } from '../../../../src/adapters/environmentFile/composeSchemaProblem';
import type { PlainValue } from '../../../../src/core/proposedFile';

const web = (service: PlainValue): PlainValue => ({ services: { web: service } });

it('finds nothing in what the specification allows', () => {
  const image = { image: 'nginx', ports: ['80:80', { target: 80 }], environment: { A: 1, B: null }, 'x-own': [] };
  expect(composeSchemaProblem(web(image))).toBeUndefined();
  expect(composeSchemaProblem({})).toBeUndefined();
});

it.each<[string, PlainValue, string]>([
  ['a wrong key', { imgae: 'nginx' }, 'services.web has no key "imgae" in a compose file: did you mean "image"?'],
  [
    'a wrong key deep inside',
    { build: { contxt: '.' } },
    'services.web.build has no key "contxt" in a compose file: did you mean "context"?',
  ],
  // Not the keys beside it, which the part that is wrong knows.
  ['a wrong value', { image: 'nginx', init: 3 }, 'services.web.init must be true or false or text, found 3'],
  ['a wrong entry', { cap_add: ['A', 'A'] }, 'services.web.cap_add names "A" twice'],
  ['one of several words', { cgroup: 'own' }, 'services.web.cgroup must be host or private, found "own"'],
  [
    'what is missing',
    { gpus: [{ count: 1 }], develop: { watch: [{ path: '.' }] } },
    'services.web.develop.watch[0].action is missing',
  ],
])('tells %s', (_what, service, told) => {
  expect(composeSchemaProblem(web(service))).toBe(told);
});

it('tells a file that is none', () => {
  expect(composeSchemaProblem([])).toBe('the file must be a mapping, found a list');
  expect(composeSchemaProblem({ services: 'web' })).toBe('services must be a mapping, found "web"');
});

it('tells of a text with thousands of entries at once, however many of them are wrong', () => {
  const numbers = Array.from({ length: 10_000 }, (_, index) => index);
  const ports = numbers.map((target) => ({ target }));
  const start = process.cpuUsage();
  expect(composeSchemaProblem(web({ image: 'nginx', ports, cap_add: numbers.map(String) }))).toBeUndefined();
  const { user, system } = process.cpuUsage(start);
  expect((user + system) / 1000).toBeLessThan(3000);
  const services = [...numbers, ...numbers.slice(-2000).map((name) => -name)].map((name): [string, PlainValue] => [
    `s${name}`,
    { imgae: 'nginx', init: 3, tty: 3 },
  ]);
  expect(composeSchemaProblem({ services: Object.fromEntries(services) })).toBe(
    'differs from what Compose expects in more places than can be told',
  );
});
