import { expect, it } from 'vitest';
import { clusterFindings } from '../../../../src/app/health/clusterFindings';
import type { ClusterStatus } from '../../../../src/app/cluster/clusterStatus';

const silent: ClusterStatus = {
  identity: { kind: 'embedded' },
  state: 'silent',
  note: undefined,
  pid: 7,
  access: undefined,
  port: undefined,
  databases: undefined,
  temporalTrouble: undefined,
  registry: undefined,
};

it('a cluster that hangs is ended and started again; one of another place is neither from here', () => {
  const hangs = { message: 'The cluster (process 7) runs and does not answer.', fix: 'startCluster' };
  expect(clusterFindings(silent, undefined)).toEqual([expect.objectContaining(hangs)]);
  const elsewhere = { ...silent, pid: undefined, note: 'it runs in a container (process 1 there)' };
  expect(clusterFindings(elsewhere, undefined)).toEqual([
    {
      check: 'cluster',
      state: 'problem',
      message: 'The cluster does not answer here: it runs in a container (process 1 there).',
    },
  ]);
});
