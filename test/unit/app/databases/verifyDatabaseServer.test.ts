import { describe, expect, test } from 'vitest';
import { verifyDatabaseServer } from '../../../../src/app/databases/verifyDatabaseServer';
import type { ClusterIdentity } from '../../../../src/core/model';
import { database } from '../../../support/environmentWorld';

const file = { database: { ...database, inputs: undefined } };

function refusal(url: string, podAddress: string, kind: ClusterIdentity['kind'] = 'context'): unknown {
  try {
    verifyDatabaseServer({ kind }, { 'postgres.url': url, 'postgres.podAddress': podAddress }, file);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('the database server of a real cluster', () => {
  test.each(['k3d', 'context'] as const)('must be named (%s)', (kind) => {
    expect(refusal('', '', kind)).toMatchObject({
      code: 'notConfigured',
      message: expect.stringContaining('set coppice.postgres.url to one that they can.'),
      remedy: { title: 'Open Settings', action: { kind: 'openSettings', setting: 'postgres.url' } },
    });
  });

  test.each(['localhost', '127.0.0.1', '127.8.9.1', '[::1]', 'db.localhost'])(
    'must be where pods reach it: %s is themselves',
    (host) => {
      const action = { kind: 'openSettings', setting: 'postgres.podAddress' };
      expect(refusal(`postgresql://a@${host}:5432/`, '')).toMatchObject({ code: 'notConfigured', remedy: { action } });
      expect(refusal('postgresql://a@db:5432/', `${host}:5432`)).toMatchObject({ remedy: { action } });
      expect(refusal(`postgresql://a@${host}:5432/`, 'db.infra:5432')).toBeUndefined();
    },
  );

  test.each(['db', 'db:', ':5432', 'db:0', 'db:65536', 'a b:1', 'postgresql://db:5432', 'u@db:5432', '::1:5432'])(
    'is no pod address: %j',
    (podAddress) => {
      expect(refusal('postgresql://a@db:5432/', podAddress)).toMatchObject({
        code: 'notConfigured',
        message: `coppice.postgres.podAddress is "${podAddress}": it must be a host and a port.`,
      });
    },
  );

  test.each([
    ['postgresql://a@db.example/', ''],
    ['postgresql://a@db.example/', 'db.infra.svc:5432'],
    ['postgresql://a@db.example/', '[2001:db8::1]:5432'],
    ['', 'host.k3d.internal:5432'],
  ])('may be %j with %j for pods', (url, podAddress) => {
    expect(refusal(url, podAddress)).toBeUndefined();
  });

  test('is no matter to the embedded cluster, nor without a database', () => {
    expect(refusal('', '', 'embedded')).toBeUndefined();
    const none = { 'postgres.url': '', 'postgres.podAddress': '' };
    expect(() => verifyDatabaseServer({ kind: 'k3d' }, none, { database: undefined })).not.toThrow();
  });
});
