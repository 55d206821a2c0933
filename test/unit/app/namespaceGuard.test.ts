import { describe, expect, test } from 'vitest';
import { namespaceGuard } from '../../../src/app/namespaceGuard';
import { defaultSettings } from '../../../src/core/settings';

describe('what keeps an environment to its own', () => {
  test('the embedded cluster enforces nothing, and gets nothing to enforce', () => {
    expect(namespaceGuard({ kind: 'embedded' }, defaultSettings)).toEqual({});
  });

  test.each(['k3d', 'context'] as const)('%s gets a quota, a network policy and a role', (kind) => {
    expect(namespaceGuard({ kind }, defaultSettings)).toEqual({
      quota: { pods: 50, cpu: '4', memory: '16Gi', containerMemory: '2Gi' },
      network: { infra: 'coppice-infra', ingress: 'kube-system', outsidePorts: [4318, 5432, 7233] },
      access: true,
    });
  });

  test.each([
    ['postgresql://user:p%40ss@db.example:6543/app', 6543],
    ['postgresql://user@[::1]:6544/', 6544],
    ['postgresql://db.example:6545?sslmode=require', 6545],
    ['postgresql://user@db.example/app', 5432],
    ['', 5432],
  ])('the database server of %j stays in reach', (url, port) => {
    const { network } = namespaceGuard({ kind: 'context' }, { ...defaultSettings, 'postgres.url': url });
    expect(network?.outsidePorts).toContain(port);
    expect(network?.outsidePorts).toHaveLength(3);
  });
});
