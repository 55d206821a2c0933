import { expect, test } from 'vitest';
import { HostResolver } from '../../../src/adapters/exec/hostResolver';

test('finds what this machine finds', async () => {
  const names = new HostResolver();
  expect(await names.resolves('localhost')).toBe(true);
  expect(await names.resolves('127.0.0.1')).toBe(true);
  // No name can have such a label, whoever is asked.
  expect(await names.resolves(`${'x'.repeat(64)}.localhost`)).toBe(false);
});
