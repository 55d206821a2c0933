import type { Dependencies } from './environmentFile';
import type { Owner } from './model';

/** What a cluster says of one environment, in the words of Kubernetes, mapped out of its API's types. */
export interface EnvironmentFacts extends Owner {
  readonly namespace: string;
  readonly terminating: boolean;
  /** Why the namespace does not go away, from its conditions. */
  readonly terminatingReason: string | undefined;
  /** Annotations `coppice.dev/…` without the prefix: ref, folder, repository, slug, host, and those that parts write. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly deployments: readonly DeploymentFacts[];
  readonly pods: readonly PodFacts[];
  readonly ingresses: readonly IngressFacts[];
}

export interface DeploymentFacts {
  readonly service: string;
  readonly desired: number;
  /** How many pods the environment file asks for; undefined: it was made before that was said. */
  readonly wanted?: number;
  readonly ready: number;
  readonly updated: number;
  readonly available: number;
  /** Pods of it that are of a release before, as its own count says; none where it is not said. */
  readonly old?: number;
  /** metadata.generation equals status.observedGeneration. */
  readonly isObserved: boolean;
  /** The Progressing condition's message when its status is False (ProgressDeadlineExceeded, quota…). */
  readonly problem: string | undefined;
  /** Nothing of it is started until somebody lets it: the chart makes it so where it waits for others, or runs to its end. */
  readonly isHeld?: boolean;
  /** What it waits for. */
  readonly dependsOn?: Dependencies;
  /** It sleeps: how many pods it had, and has again when it wakes. */
  readonly asleep?: number;
  /** What it writes may be nowhere but in its pods, where those are containers: no volume outlives them. */
  readonly isVolatile?: boolean;
  /** It runs to its end: its pods are made by `Workloads.runOnce`. */
  readonly once?: boolean;
}

export interface PodFacts {
  readonly name: string;
  readonly service: string;
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  readonly isReady: boolean;
  /** Something asks its container whether it is ready, or asked until it was; false: it counts as ready when it runs. */
  readonly isProbed?: true;
  readonly isDeleting: boolean;
  readonly restarts: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly container: ContainerFacts | undefined;
  /** Which run of a service that runs to its end it is: what `Workloads.runOnce` has said. */
  readonly run?: string;
  /** Where its process listens, where that is not where it was told to. */
  readonly listens?: string | undefined;
  /** Of the pod's own status, e.g. Evicted. */
  readonly reason?: string | undefined;
  /** The PodScheduled condition's message when it is False, or the pod's own status message. */
  readonly message: string | undefined;
  /** The newest Warning event about this pod, e.g. what a probe answered. */
  readonly lastWarning: string | undefined;
}

export interface ContainerFacts {
  /** It is one of those that run before the pod's own, one after the other: which, and how far they are. */
  readonly init?: { readonly name: string; readonly done: number; readonly total: number } | undefined;
  readonly state: 'waiting' | 'running' | 'terminated';
  /** Since when it runs, milliseconds since the epoch; undefined: it does not, or nobody says. */
  readonly startedAt?: number | undefined;
  readonly reason: string | undefined;
  readonly message: string | undefined;
  readonly exitCode: number | undefined;
  readonly lastTermination:
    | { readonly reason: string | undefined; readonly exitCode: number; readonly message: string | undefined }
    | undefined;
}

export interface IngressFacts {
  /** A path of a host that leads to a service's port. */
  readonly rules: readonly { readonly host: string; readonly path: string; readonly service: string }[];
  /** The port at which the ingress really listens; undefined: the scheme's own. */
  readonly port: number | undefined;
  /** Why it leads nowhere, without a full stop; none: it does, or nobody says. */
  readonly trouble?: string;
}
