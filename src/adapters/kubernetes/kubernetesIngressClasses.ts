import type { V1IngressClass, V1ObjectMeta } from '@kubernetes/client-node';
import { isAppError } from '../../core/errors';
import { gatewayText, type GatewayPlace } from '../../core/clusters/gatewayPlace';
import type { IngressClasses } from '../../core/ports/ingressClasses';
import type { KubeConnection } from './connection/kubeConnection';

const defaultMark = 'ingressclass.kubernetes.io/is-default-class';

/** Classes as the API server tells them. */
export class KubernetesIngressClasses implements IngressClasses {
  constructor(private readonly connection: KubeConnection) {}

  async controller(name: string | undefined, signal?: AbortSignal): Promise<string | undefined> {
    const found = (await this.#classes(signal)).find(({ metadata }) =>
      name === undefined ? metadata?.annotations?.[defaultMark] === 'true' : metadata?.name === name,
    );
    return found?.spec?.controller;
  }

  async isAny(signal?: AbortSignal): Promise<boolean> {
    return (await this.#classes(signal)).length > 0;
  }

  async gateways(signal?: AbortSignal): Promise<readonly GatewayPlace[] | undefined> {
    const group = '/apis/gateway.networking.k8s.io/v1';
    const served = await this.#found<{ readonly resources?: readonly { readonly name?: string }[] }>(group, signal);
    if (served?.resources?.some(({ name }) => name === 'httproutes') !== true) return undefined;
    const all = await this.#found<{ readonly items: readonly { readonly metadata?: V1ObjectMeta }[] }>(
      `${group}/gateways`,
      signal,
    );
    return (all?.items ?? [])
      .map(({ metadata: { namespace = '', name = '' } = {} }) => ({ namespace, name }))
      .sort((a, b) => (gatewayText(a) < gatewayText(b) ? -1 : 1));
  }

  async #classes(signal: AbortSignal | undefined): Promise<readonly V1IngressClass[]> {
    const { items } = await this.connection.json<{ readonly items: readonly V1IngressClass[] }>(
      {
        method: 'GET',
        path: '/apis/networking.k8s.io/v1/ingressclasses',
        verb: 'list',
        resource: 'ingress classes',
      },
      signal,
    );
    return items;
  }

  async #found<T>(path: string, signal: AbortSignal | undefined): Promise<T | undefined> {
    try {
      return await this.connection.json<T>({ method: 'GET', path, verb: 'list', resource: 'gateways' }, signal);
    } catch (error) {
      if (isAppError(error, 'notFound')) return undefined;
      throw error;
    }
  }
}
