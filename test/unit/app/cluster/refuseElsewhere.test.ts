import { expect, it } from 'vitest';
import { refuseElsewhere } from '../../../../src/app/cluster/refuseElsewhere';
import type { ClusterIdentity } from '../../../../src/core/model';
import { identityOf } from '../../../support/identityOf';

const before: ClusterIdentity = { kind: 'k3d', context: 'k3d-coppice', server: 'https://0.0.0.0:1', caSha256: 'a' };
const environment = identityOf('topic', { cluster: before });

function refusal(current: ClusterIdentity): unknown {
  try {
    refuseElsewhere(environment, current);
    return undefined;
  } catch (error) {
    return error;
  }
}

it('says what to do where a cluster was made anew under its name, which nobody can choose again', () => {
  expect(refusal({ ...before, server: 'https://0.0.0.0:2', caSha256: 'b' })).toMatchObject({
    code: 'conflict',
    explanation: expect.stringContaining('coppice delete --environment-only --discard elsewhere'),
  });
  expect(refusal({ ...before, context: 'k3d-other', caSha256: 'b' })).toMatchObject({ explanation: undefined });
  expect(refusal(before)).toBeUndefined();
});
