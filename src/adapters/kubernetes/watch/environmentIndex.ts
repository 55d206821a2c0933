import type { CoreV1Event, V1Deployment, V1Ingress, V1Namespace, V1Pod } from '@kubernetes/client-node';
import type { DeploymentFacts, EnvironmentFacts, IngressFacts, PodFacts } from '../../../core/facts';
import type { NamespaceRecord } from '../../../core/ports/cluster';
import { FactsByNamespace } from './factsByNamespace';
import { mapDeployment } from './mapDeployment';
import { mapIngress } from './mapIngress';
import { mapRoute, type HttpRoute } from './mapRoute';
import { mapNamespace, terminatingReason } from '../objects/mapNamespace';
import { mapPod, runningSince } from './mapPod';
import { PodWarnings } from './podWarnings';

/** The resource types that an environment is read from. */
export interface Resources {
  readonly namespaces: V1Namespace;
  readonly deployments: V1Deployment;
  readonly pods: V1Pod;
  readonly ingresses: V1Ingress;
  readonly routes: HttpRoute;
  readonly events: CoreV1Event;
}

export type ResourceName = keyof Resources;

export interface Change<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: T;
}

interface NamespaceFacts {
  readonly record: NamespaceRecord;
  readonly terminatingReason: string | undefined;
}

interface KnownPod {
  readonly uid: string;
  readonly runningSince: number;
  readonly facts: PodFacts;
}

/**
 * Gathers what lists and watches tell, and folds it into environments. An environment of which nothing changed stays the
 * same object, and so does the whole list.
 */
export class EnvironmentIndex {
  /** @param ingressPort where the ingress controller really listens, when its own status does not say it */
  constructor(private readonly ingressPort: () => number | undefined = () => undefined) {}

  readonly #namespaces = new Map<string, NamespaceFacts>();
  readonly #deployments = new FactsByNamespace<DeploymentFacts>();
  readonly #pods = new FactsByNamespace<KnownPod>();
  readonly #ingresses = new FactsByNamespace<IngressFacts>();
  readonly #routes = new FactsByNamespace<IngressFacts>();
  readonly #warnings = new PodWarnings();
  readonly #podUids = new Set<string>();
  readonly #changed = new Set<string>();
  readonly #environments = new Map<string, EnvironmentFacts>();
  #list: readonly EnvironmentFacts[] = [];

  /** All that there is of a type: what is not in the list is gone. */
  replace<N extends ResourceName>(resource: N, items: readonly Resources[N][]): void {
    switch (resource) {
      case 'namespaces':
        for (const name of this.#namespaces.keys()) this.#changed.add(name);
        this.#namespaces.clear();
        break;
      case 'deployments':
        this.#forget(this.#deployments);
        break;
      case 'pods':
        this.#forget(this.#pods);
        this.#podUids.clear();
        break;
      case 'ingresses':
        this.#forget(this.#ingresses);
        break;
      case 'routes':
        this.#forget(this.#routes);
        break;
      default:
        for (const name of this.#pods.namespaces()) this.#changed.add(name);
        this.#warnings.clear();
    }
    for (const object of items) this.apply(resource, { type: 'ADDED', object });
  }

  apply<N extends ResourceName>(resource: N, change: Change<Resources[N]>): void {
    const isGone = change.type === 'DELETED';
    // A generic key does not narrow the object's type; each type is only ever applied under its own name.
    const { object } = change as Change<V1Namespace & V1Deployment & V1Pod & V1Ingress & HttpRoute & CoreV1Event>;
    const name = object.metadata?.name ?? '';
    const namespace = resource === 'namespaces' ? name : (object.metadata?.namespace ?? '');
    switch (resource) {
      case 'namespaces':
        if (isGone) this.#namespaces.delete(name);
        else this.#namespaces.set(name, { record: mapNamespace(object), terminatingReason: terminatingReason(object) });
        break;
      case 'deployments':
        if (isGone) this.#deployments.delete(namespace, name);
        else this.#deployments.set(namespace, name, mapDeployment(object));
        break;
      case 'pods':
        this.#applyPod(namespace, name, object, isGone);
        break;
      case 'ingresses':
        if (isGone) this.#ingresses.delete(namespace, name);
        else this.#ingresses.set(namespace, name, mapIngress(object, this.ingressPort()));
        break;
      case 'routes':
        if (isGone) this.#routes.delete(namespace, name);
        else this.#routes.set(namespace, name, mapRoute(object, this.ingressPort()));
        break;
      default: {
        const isNews = isGone
          ? this.#warnings.remove(object)
          : this.#warnings.add(object, (uid) => this.#podUids.has(uid));
        if (!isNews || !this.#podUids.has(object.involvedObject.uid ?? '')) return;
      }
    }
    this.#changed.add(namespace);
  }

  /** Sorted by namespace. The same array as before when nothing changed. */
  environments(): readonly EnvironmentFacts[] {
    if (this.#changed.size === 0) return this.#list;
    let isSame = true;
    for (const name of this.#changed) {
      const facts = this.#fold(name);
      const known = this.#environments.get(name);
      if (JSON.stringify(facts) === JSON.stringify(known)) continue;
      isSame = false;
      if (facts) this.#environments.set(name, facts);
      else this.#environments.delete(name);
    }
    this.#changed.clear();
    if (!isSame) this.#list = [...this.#environments.values()].sort((a, b) => (a.namespace < b.namespace ? -1 : 1));
    return this.#list;
  }

  #applyPod(namespace: string, name: string, pod: V1Pod, isGone: boolean): void {
    const uid = pod.metadata?.uid ?? '';
    const known = this.#pods.get(namespace, name);
    if (known && (isGone || known.uid !== uid)) {
      this.#podUids.delete(known.uid);
      this.#warnings.forget(known.uid);
    }
    if (isGone) {
      this.#pods.delete(namespace, name);
      return;
    }
    this.#podUids.add(uid);
    this.#pods.set(namespace, name, { uid, runningSince: runningSince(pod), facts: mapPod(pod, undefined) });
  }

  #forget<F>(facts: FactsByNamespace<F>): void {
    for (const name of facts.namespaces()) this.#changed.add(name);
    facts.clear();
  }

  #fold(name: string): EnvironmentFacts | undefined {
    const namespace = this.#namespaces.get(name);
    if (!namespace?.record.owner) return undefined;
    const { record } = namespace;
    return {
      ...namespace.record.owner,
      namespace: name,
      terminating: record.terminating,
      terminatingReason: namespace.terminatingReason,
      annotations: record.annotations,
      deployments: this.#deployments.of(name),
      pods: this.#pods
        .of(name)
        .map((pod) => ({ ...pod.facts, lastWarning: this.#warnings.of(pod.uid, pod.runningSince) })),
      ingresses: [...this.#ingresses.of(name), ...this.#routes.of(name)],
    };
  }
}
