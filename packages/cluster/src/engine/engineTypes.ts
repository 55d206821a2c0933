// The types of webernetes that it does not export by name, taken from those that it does.
import type { Cluster, Context, V1Container, V1Pod } from '@ngrok/webernetes';

export type { Cluster, Context, V1Container, V1Pod };
export type Server = Cluster['servers'][number];
export type Kubelet = Server['kubelet'];
export type Runtime = Server['runtime'];
export type ContainerConfig = Parameters<Runtime['createContainer']>[2];
export type SandboxConfig = Parameters<Runtime['createContainer']>[3];
export type ContainerFilter = NonNullable<Parameters<Runtime['listContainers']>[1]>;
export type ContainerSummary = Awaited<ReturnType<Runtime['listContainers']>>[0][number];
export type ContainerStatus = NonNullable<NonNullable<Awaited<ReturnType<Runtime['containerStatus']>>[0]>['status']>;
export type ExecResponse = NonNullable<Awaited<ReturnType<Runtime['execSync']>>[0]>;
export type EventRecorder = Kubelet['recorder'];
export type EventObject = Parameters<EventRecorder['event']>[0];

/** webernetes runs its controllers as pods of its own: those stay simulated. */
export function isControlPlane(namespace: string | undefined, image: string | undefined): boolean {
  return namespace === 'kube-system' && (image ?? '').startsWith('webernetes/');
}
