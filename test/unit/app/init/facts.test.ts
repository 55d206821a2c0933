import { expect, it } from 'vitest';
import { isAside } from '../../../../src/app/init/facts';

it.each([
  ['examples/web', true],
  ['extra/push-examples/js', true],
  ['_integration-test/nodejs', true],
  ['apps/contest', false],
  ['latest', false],
  ['apps/samples-shop', false],
])('what shows or tests something is no part of a repository: %s %s', (folder, expected) => {
  expect(isAside(folder)).toBe(expected);
});

it('is known at once, however long a folder’s name is', () => {
  const start = process.cpuUsage();
  expect(isAside(`${'-a'.repeat(20_000)}/${'_'.repeat(20_000)}`)).toBe(false);
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(500);
});
