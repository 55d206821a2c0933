import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import * as contract from '../../../../packages/cluster/src/contract';

test('what both programs say to each other has a number, which goes up where a cluster of before would misunderstand it', () => {
  const { clusterContract, ...said } = contract;
  const digest = createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 12);
  // Another digest: is what changed understood by a cluster that was started before? If not, the number is the next one.
  expect({ [clusterContract]: digest }).toEqual({ 3: '8a7522133763' });
});
