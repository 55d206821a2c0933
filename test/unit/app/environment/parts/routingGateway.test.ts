import { describe, expect, it } from 'vitest';
import { routingGateway } from '../../../../../src/app/environment/parts/routingGateway';
import type { EnvironmentFile } from '../../../../../src/core/environmentFile';
import { AppError } from '../../../../../src/core/errors';
import type { ClusterIdentity } from '../../../../../src/core/model';
import { FakeIngressClasses } from '../../../../support/fakes/fakeIngressClasses';

const signal = new AbortController().signal;
const context: ClusterIdentity = { kind: 'context', context: 'c', server: 'https://c', caSha256: 'ab' };
const [one, two] = [
  { namespace: 'gateways', name: 'one' },
  { namespace: 'gateways', name: 'two' },
];
const nginx = { name: 'nginx', controller: 'k8s.io/ingress-nginx' };

async function decide(
  settings: { class?: string; gateway?: string },
  cluster: Partial<FakeIngressClasses>,
  { identity = context, routes = ['/'] }: { identity?: ClusterIdentity; routes?: string[] } = {},
) {
  const ingressClasses = Object.assign(new FakeIngressClasses(), cluster);
  const file = { services: [{ name: 'web', routes }] } as unknown as EnvironmentFile;
  const { class: ingressClass = '', gateway = '' } = settings;
  const told = { 'ingress.class': ingressClass, 'ingress.gateway': gateway };
  return routingGateway({ ingressClasses, settings: () => told }, identity, file, signal);
}

describe('what serves the URLs of an environment', () => {
  it('is the one Gateway of a cluster that has no class of ingresses', async () => {
    expect(await decide({}, { gatewayList: [one] })).toEqual(one);
    expect(await decide({}, { gatewayList: [] })).toBeUndefined();
    expect(await decide({}, { gatewayList: undefined })).toBeUndefined();
  });

  it('is ingresses where the cluster has a class of them, or one is named', async () => {
    expect(await decide({}, { gatewayList: [one], classes: [nginx] })).toBeUndefined();
    expect(await decide({ class: 'nginx' }, { gatewayList: [one] })).toBeUndefined();
  });

  it('is the Gateway that is named, whatever else there is', async () => {
    const both = { gatewayList: [one, two], classes: [nginx] };
    expect(await decide({ gateway: 'gateways/two', class: 'nginx' }, both)).toEqual(two);
    expect(await decide({ gateway: 'gateways/two' }, both, { identity: { kind: 'k3d', context: 'x' } })).toEqual(two);
  });

  it('is refused where what is named is not there, and where several could be meant', async () => {
    for (const [gatewayList, why] of [
      [undefined, 'does not serve the Gateway API'],
      [[], 'has no Gateway'],
      [[one], 'has gateways/one'],
    ] as const)
      await expect(
        decide({ gateway: 'gateways/two' }, { gatewayList: gatewayList && [...gatewayList] }),
      ).rejects.toMatchObject({
        code: 'notConfigured',
        message: expect.stringContaining(why) as unknown,
      });
    await expect(decide({}, { gatewayList: [one, two] })).rejects.toMatchObject({
      ...{ code: 'notConfigured', message: expect.stringContaining('gateways/one, gateways/two') as unknown },
    });
  });

  it('is not asked for where Coppice or the cluster’s kind says it, or nothing has a URL', async () => {
    const failure = new Error('nobody asks');
    const all = { gatewayList: [one], failure };
    expect(await decide({}, all, { identity: { kind: 'embedded' } })).toBeUndefined();
    expect(await decide({}, all, { identity: { kind: 'k3d', context: 'x' } })).toBeUndefined();
    expect(await decide({}, all, { routes: [] })).toBeUndefined();
    await expect(decide({}, all)).rejects.toBe(failure);
  });

  it('is ingresses, as ever, where this user may not see what there is', async () => {
    expect(await decide({}, { gatewayList: [one], failure: new AppError('denied', 'no') })).toBeUndefined();
  });
});
