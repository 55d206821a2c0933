import { describe, expect, test } from 'vitest';
import { namespaceLimits } from '../../../../../src/app/environment/parts/namespaceLimits';
import { defaultSettings } from '../../../../../src/core/settings';

describe('what keeps an environment to its own', () => {
  test('the embedded cluster enforces nothing, and gets nothing to enforce', () => {
    expect(namespaceLimits({ kind: 'embedded' }, defaultSettings)).toEqual({ access: true });
  });

  test.each(['k3d', 'context'] as const)('%s gets a quota, a network policy and a role', (kind) => {
    expect(namespaceLimits({ kind }, defaultSettings)).toEqual({
      quota: { pods: 30, cpu: '4', memory: '30Gi', containerMemory: '1Gi' },
      network: { infra: 'infra', ingress: 'kube-system', outsidePorts: [4318, 5432, 7233] },
      access: true,
    });
  });

  test('a quota is what the settings say, or none', () => {
    const small = { ...defaultSettings, 'quota.pods': 5, 'quota.cpu': '500m', 'quota.memory': '2Gi' };
    expect(namespaceLimits({ kind: 'context' }, small).quota).toEqual({
      pods: 5,
      cpu: '500m',
      memory: '2Gi',
      containerMemory: '1Gi',
    });
    const none = namespaceLimits({ kind: 'context' }, { ...defaultSettings, 'quota.enabled': false });
    expect(Object.keys(none)).toEqual(['network', 'access']);
  });

  test('the ingress controller of a cluster that was chosen is let in where a setting says that it is', () => {
    const settings = { ...defaultSettings, 'ingress.namespace': 'ingress-nginx' };
    expect(namespaceLimits({ kind: 'context' }, settings).network?.ingress).toBe('ingress-nginx');
    expect(namespaceLimits({ kind: 'k3d' }, settings).network?.ingress).toBe('kube-system');
  });

  test('of the database server the address that pods use stays in reach', () => {
    const settings = {
      ...defaultSettings,
      'postgres.url': 'postgresql://a@db.example:6543/',
      'postgres.podAddress': 'db.internal:6666',
    };
    expect(namespaceLimits({ kind: 'k3d' }, settings).network?.outsidePorts).toEqual([4318, 6666, 7233]);
  });

  test.each([
    ['postgresql://user:p%40ss@db.example:6543/app', 6543],
    ['postgresql://user@[::1]:6544/', 6544],
    ['postgresql://db.example:6545?sslmode=require', 6545],
    ['postgresql://user@db.example/app', 5432],
    ['', 5432],
  ])('the database server of %j stays in reach', (url, port) => {
    const { network } = namespaceLimits({ kind: 'context' }, { ...defaultSettings, 'postgres.url': url });
    expect(network?.outsidePorts).toContain(port);
    expect(network?.outsidePorts).toHaveLength(3);
  });
});
