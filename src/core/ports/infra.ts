import type { InfraPart } from '../clusters/infra';

/** Values of charts/infra that Coppice sets; its values.schema.json says all that there are. */
export type InfraValues = {
  /** Whether data outlive the pods. */
  readonly global: { readonly persistence: boolean };
  /** '' is the cluster's default class. */
  readonly ingress?: { readonly class: string };
  /** Namespace of the ingress controller. */
  readonly network?: { readonly ingress: string };
} & { readonly [part in InfraPart]?: InfraPartValues };

export interface InfraPartValues {
  readonly enabled: boolean;
  readonly image?: { readonly registry: string; readonly repository: string; readonly tag: string };
}

/** What only infra needs to know of a cluster. */
export interface Infra {
  /** Absolute folder of the chart that Coppice brings. */
  readonly chart: string;
  /** Whether a volume is given to who names no storage class. */
  hasDefaultStorage(signal?: AbortSignal): Promise<boolean>;
  /** Volumes in infra's namespace, by the name of what keeps its data there. */
  volumes(signal?: AbortSignal): Promise<readonly InfraVolume[]>;
}

export interface InfraVolume {
  readonly name: string;
  /** As Kubernetes writes it: `10Gi`. */
  readonly size: string;
}
