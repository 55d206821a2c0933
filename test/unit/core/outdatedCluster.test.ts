import { expect, it } from 'vitest';
import { outdatedCluster, outdatedText } from '../../../src/core/outdatedCluster';

it.each([
  ['0.1.0', '0.2.0'],
  ['0.9.9', '1.0.0'],
  ['0.1.9', '0.1.10'],
  ['1.2.3-beta', '1.2.4'],
])('%s is older than %s', (running, own) => {
  expect(outdatedCluster(running, own)).toEqual({ running, own });
  expect(outdatedText({ running, own })).toContain(`version ${running}; restarted, it is ${own}`);
});

it('is told by its build where versions are one', () => {
  const found = outdatedCluster('0.2.0', '0.2.0', true);
  expect(found && outdatedText(found)).toContain('version 0.2.0 of an older build; restarted, it is 0.2.0');
  expect(outdatedCluster('0.1.0', '0.2.0', true)).toEqual({ running: '0.1.0', own: '0.2.0' });
});

it.each([
  ['0.2.0', '0.2.0'],
  ['0.3.0', '0.2.9'],
  ['1.0.0', '0.9.0'],
  ['', '0.2.0'],
  ['nonsense', '0.2.0'],
  [undefined, '0.2.0'],
])('%s needs no restart to become %s', (running, own) => {
  expect(outdatedCluster(running, own)).toBeUndefined();
});
