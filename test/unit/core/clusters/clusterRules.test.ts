import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clusterText,
  isLocalCluster,
  isSameCluster,
  looksLikeProduction,
  refusalOf,
} from '../../../../src/core/clusters/clusterRules';
import type { ClusterIdentity } from '../../../../src/core/model';

const local = 'https://127.0.0.1:6443';

describe('a cluster on this machine', () => {
  it.each(['k3d-a', 'k3d-my-cluster', 'kind-kind', 'minikube', 'docker-desktop', 'rancher-desktop'])(
    'is %s',
    (name) => {
      for (const server of [
        local,
        'https://localhost:1',
        'https://[::1]:1',
        'https://0.0.0.0:41234',
        'http://127.8.9.10',
      ])
        expect(isLocalCluster({ name, server }), server).toBe(true);
      for (const server of [
        'https://10.0.0.1',
        'https://192.168.49.2:8443',
        'https://127.0.0.1.example.com',
        'nowhere',
        '',
      ])
        expect(isLocalCluster({ name, server }), server).toBe(false);
    },
  );

  it('is no other name, wherever it leads: a tunnel leads anywhere', () => {
    for (const name of ['k3d-', 'kind', 'prod', 'my-kind-x', 'minikube2', 'Docker-Desktop', '', 'k3d'])
      expect(isLocalCluster({ name, server: local }), name).toBe(false);
  });

  it('is Docker Desktop’s by its name in the hosts file, which is nobody else’s', () => {
    const server = 'https://kubernetes.docker.internal:6443';
    expect(isLocalCluster({ name: 'docker-desktop', server })).toBe(true);
    expect(isLocalCluster({ name: 'kind-a', server })).toBe(false);
  });
});

describe('production', () => {
  const server = 'https://10.0.0.1';
  const context = { name: 'team', server, caSha256: undefined, cluster: 'c', namespace: undefined };
  const looks = (change: object): boolean => looksLikeProduction({ ...context, ...change });

  it.each([
    'prod',
    'eu-prod',
    'prod1',
    'PROD',
    'my_prod_eu',
    'teamProd',
    'Production',
    'live',
    'live-eu',
    'EULive',
    'a.live.b',
  ])('is what is called %s, in any of its names', (name) => {
    expect(looks({ name })).toBe(true);
    expect(looks({ cluster: name })).toBe(true);
    expect(looks({ namespace: name })).toBe(true);
  });

  it('is a server of such a name', () => {
    expect(looks({ server: 'https://k8s.prod.example.com:6443' })).toBe(true);
    expect(looks({ server: 'https://live-1.example.com' })).toBe(true);
    expect(looks({ server: 'https://product.example.com' })).toBe(false);
  });

  it.each(['product', 'reproduce', 'olive', 'delivery', 'alive', 'liver', 'produce', 'staging', ''])(
    'is not %s',
    (name) => {
      expect(looks({ name, cluster: name, namespace: name })).toBe(false);
    },
  );

  it('is found as a word, whatever stands around it', () => {
    const around = fc.string({ unit: fc.constantFrom(...'-_./:0123456789 ') });
    fc.assert(
      fc.property(around, around, fc.constantFrom('prod', 'live', 'production'), (before, after, word) => {
        expect(looks({ name: before + word + after })).toBe(true);
        expect(looks({ name: `${before}x${word}x${after}` })).toBe(false);
      }),
    );
  });
});

describe('what may be changed', () => {
  const identity = fc.record({
    kind: fc.constantFrom('k3d' as const, 'context' as const),
    context: fc.constantFrom('k3d-a', 'kind-b', 'team', 'prod'),
    server: fc.constantFrom(local, 'https://127.0.0.1:7000', 'https://10.0.0.1'),
    caSha256: fc.constantFrom('a'.repeat(64), 'b'.repeat(64)),
  });

  it('is the embedded cluster, always', () => {
    expect(refusalOf({ kind: 'embedded' }, [], [])).toBeUndefined();
  });

  it('is nothing that was never chosen with just this server and authority', () => {
    fc.assert(
      fc.property(identity, fc.array(identity), (one, chosen) => {
        const others = chosen.filter((other) => other.context !== one.context || !isSameCluster(other, one));
        expect(refusalOf(one, others, [one.context])).toBe('notChosen');
      }),
    );
  });

  it('is what was chosen, when Coppice made it, a tool made it here, or the setting names it', () => {
    fc.assert(
      fc.property(identity, (one) => {
        const isLocal = one.kind === 'k3d' || isLocalCluster({ name: one.context, server: one.server });
        expect(refusalOf(one, [one], [])).toBe(isLocal ? undefined : 'notAllowed');
        expect(refusalOf(one, [one], [one.context])).toBeUndefined();
        expect(refusalOf(one, [one], [`${one.context}x`])).toBe(isLocal ? undefined : 'notAllowed');
      }),
    );
  });

  it('is nothing that nobody can tell where it leads', () => {
    const unpinned: ClusterIdentity = { kind: 'context', context: 'k3d-a' };
    expect(refusalOf(unpinned, [unpinned], ['k3d-a'])).toBe('notChosen');
  });
});

describe('the same cluster', () => {
  const pinned: ClusterIdentity = { kind: 'context', context: 'a', server: local, caSha256: 'x' };

  it('is where it leads, not what it is called', () => {
    expect(isSameCluster(pinned, { ...pinned, context: 'b', kind: 'k3d' })).toBe(true);
    expect(isSameCluster(pinned, { ...pinned, server: 'https://127.0.0.1:1' })).toBe(false);
    expect(isSameCluster(pinned, { ...pinned, caSha256: 'y' })).toBe(false);
    expect(isSameCluster({ kind: 'embedded' }, { kind: 'embedded' })).toBe(true);
    expect(isSameCluster(pinned, { kind: 'embedded' })).toBe(false);
  });

  it('may have another port where a tool made it on this machine, as minikube has with each start', () => {
    const before: ClusterIdentity = { ...pinned, context: 'minikube', server: 'https://127.0.0.1:32771' };
    const now = { ...before, server: 'https://127.0.0.1:32805' };
    expect(isSameCluster(before, now)).toBe(true);
    expect(isSameCluster(before, { ...now, caSha256: 'y' })).toBe(false);
    // All profiles of minikube have one authority.
    expect(isSameCluster(before, { ...now, context: 'kind-other' })).toBe(false);
    expect(isSameCluster(before, { ...now, server: 'https://10.0.0.1:32771' })).toBe(false);
    const { caSha256: _, ...bare } = before;
    expect(isSameCluster(bare, { ...bare, server: now.server })).toBe(false);
  });

  it('is told to a person by name and address', () => {
    expect(clusterText({ kind: 'embedded' })).toBe('the embedded cluster');
    expect(clusterText(pinned)).toBe(`"a" (${local})`);
  });
});
