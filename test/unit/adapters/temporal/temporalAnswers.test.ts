import { expect, test } from 'vitest';
import {
  isAnyIn,
  namespacesIn,
  ownerData,
  ownerIn,
  workflowsIn,
} from '../../../../src/adapters/temporal/temporalAnswers';

const owner = { repositoryId: '000000000000', worktreeId: '12345e678901' };

test('namespaces are told with their data, whose owner is whole or none', () => {
  const info = {
    name: 'worktree-a',
    data: { coppiceRepository: owner.repositoryId, coppiceWorktree: owner.worktreeId },
  };
  const [a, b] = namespacesIn(JSON.stringify([{ namespaceInfo: info }, { namespaceInfo: { name: 'default' } }]));
  expect([a?.name, ownerIn(a?.data ?? {})]).toEqual(['worktree-a', owner]);
  expect([b?.name, ownerIn(b?.data ?? {})]).toEqual(['default', undefined]);
  expect(ownerIn({ coppiceRepository: owner.repositoryId })).toBeUndefined();
  expect(ownerIn({ coppiceRepository: 1, coppiceWorktree: 2 })).toBeUndefined();
  expect(ownerData(owner)).toEqual(['coppiceRepository=000000000000', 'coppiceWorktree=12345e678901']);
});

test.each(['', '{}', '[{}]', '[{"namespaceInfo":{}}]', 'no'])('what is no list of namespaces is none: %j', (text) => {
  expect(() => namespacesIn(text)).toThrow('was not understood');
});

test('a count that is not told is zero, and one that is no number is none', () => {
  expect([workflowsIn('{}'), workflowsIn('{"count":"3"}'), workflowsIn('{"count":4}')]).toEqual([0, 3, 4]);
  for (const text of ['', '3', '{"count":"many"}']) expect(() => workflowsIn(text)).toThrow('was not understood');
});

test('an empty list, or nothing, has nothing in it', () => {
  expect(['[]', '', '{}', '[{}]'].map(isAnyIn)).toEqual([false, false, false, true]);
});
