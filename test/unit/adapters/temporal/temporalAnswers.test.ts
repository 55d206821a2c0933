import { expect, test } from 'vitest';
import {
  isAnyIn,
  namespaceIn,
  namespacesIn,
  ownerData,
  ownerIn,
  workflowStatesIn,
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

test('workflows in groups are told by their states', () => {
  const group = (state: unknown, count?: string) => ({
    groupValues: [{ metadata: {}, data: Buffer.from(JSON.stringify(state)).toString('base64') }],
    ...(count === undefined ? {} : { count }),
  });
  const told = (value: object) => workflowStatesIn(JSON.stringify(value));
  expect([...(told({ count: '3', groups: [group('Running', '1'), group('TimedOut', '2')] }) ?? [])]).toEqual([
    ['Running', 1],
    ['TimedOut', 2],
  ]);
  expect(told({})?.size).toBe(0);
  // How they are is not told, which is not none.
  expect(told({ count: '3' })).toBeUndefined();
  expect(told({ groups: [{}] })).toBeUndefined();
  expect(told({ groups: [group(1, '1')] })).toBeUndefined();
  expect(told({ groups: 'many' })).toBeUndefined();
  expect([workflowStatesIn('<html>'), workflowStatesIn('3')]).toEqual([undefined, undefined]);
});

test('a web interface tells of one namespace', () => {
  expect(namespaceIn('{"namespaceInfo":{"name":"a","data":{"x":"y"}}}')).toEqual({ name: 'a', data: { x: 'y' } });
  expect(['', '<html>', '{}', '{"namespaceInfo":{}}'].map(namespaceIn)).toEqual(Array(4).fill(undefined));
});
