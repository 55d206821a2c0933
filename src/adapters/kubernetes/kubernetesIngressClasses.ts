import type { V1IngressClass } from '@kubernetes/client-node';
import type { IngressClasses } from '../../core/ports/ingressClasses';
import type { KubeConnection } from './connection/kubeConnection';

const defaultMark = 'ingressclass.kubernetes.io/is-default-class';

/** Classes as the API server tells them. */
export class KubernetesIngressClasses implements IngressClasses {
  constructor(private readonly connection: KubeConnection) {}

  async controller(name: string | undefined, signal?: AbortSignal): Promise<string | undefined> {
    const { items } = await this.connection.json<{ readonly items: readonly V1IngressClass[] }>(
      {
        method: 'GET',
        path: '/apis/networking.k8s.io/v1/ingressclasses',
        verb: 'list',
        resource: 'ingress classes',
      },
      signal,
    );
    const found = items.find(({ metadata }) =>
      name === undefined ? metadata?.annotations?.[defaultMark] === 'true' : metadata?.name === name,
    );
    return found?.spec?.controller;
  }
}
