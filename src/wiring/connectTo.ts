import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { verifyAllowed } from '../app/cluster/clusterGuard';
import { localRecordOf } from '../app/images/localRecordOf';
import { traitsOf } from '../core/clusterTraits';
import type { ClusterIdentity } from '../core/model';
import type { ChosenCluster } from '../core/ports/clusters';
import { helmProgram } from './helmProgram';
import { once } from './once';
import type { Machine } from './wireMachine';

export type ClusterConnections = ReturnType<typeof connectTo>;

/** What reaches one cluster. */
export function connectTo(
  { root, home, env, settings, log, embedded, choicePorts, localRecords }: Machine,
  { identity, kubeconfigs }: ChosenCluster,
) {
  const cluster = once(async () => {
    const { KubernetesCluster } = await import('../adapters/kubernetes/kubernetesCluster');
    if (identity.kind === 'embedded') {
      const program = await embedded();
      const start = (signal?: AbortSignal, tell?: (line: string) => void) => program.start(signal, tell);
      const stateTrouble = (signal?: AbortSignal) => program.stateTrouble(signal);
      const contractTrouble = () => program.contractTrouble();
      const gatewayPort = () => program.urlPort();
      const ofProgram = { kubeconfig: program.kubeconfig, start, stateTrouble, contractTrouble, gatewayPort };
      return new KubernetesCluster({ identity, ...ofProgram, log });
    }
    const [path = '', ...morePaths] = kubeconfigs;
    const kubeconfig = {
      path,
      morePaths,
      context: identity.context ?? '',
      guard: async () => verifyAllowed(await choicePorts(), identity),
      pinnedPath: join(home, 'kubeconfigs', `${pinOf(identity)}.json`),
    };
    // The port of a k3d cluster's load balancer is known from its making, and stays.
    const made = traitsOf(identity).hasRecord ? await localRecordOf(await localRecords(), identity) : undefined;
    const ingressPort = () => made?.httpPort ?? (settings()['ingress.port'] || undefined);
    return new KubernetesCluster({ identity, kubeconfig, ingressPort, log });
  });
  const workloads = once(async () => {
    const { KubernetesWorkloads } = await import('../adapters/kubernetes/workloads/kubernetesWorkloads');
    return new KubernetesWorkloads((await cluster()).connection);
  });
  const releases = once(async () => {
    const { HelmReleases } = await import('../adapters/helm/helmReleases');
    const otherwise = await helmProgram({ root, home, env });
    return new HelmReleases({
      helmPath: () => settings()['helm.path'] || otherwise,
      chartFolder: join(root, 'charts', 'worktree'),
      home: join(home, 'helm'),
      env,
      verifyChange: async (access) => (await cluster()).connection.verifyChange(access),
    });
  });
  const nodes = once(async () => {
    const { KubernetesNodes } = await import('../adapters/kubernetes/kubernetesNodes');
    return new KubernetesNodes((await cluster()).connection);
  });
  const ingressClasses = once(async () => {
    const { KubernetesIngressClasses } = await import('../adapters/kubernetes/kubernetesIngressClasses');
    return new KubernetesIngressClasses((await cluster()).connection);
  });
  const telemetry = once(async () => {
    const { KubernetesTelemetry } = await import('../adapters/kubernetes/telemetry/kubernetesTelemetry');
    return new KubernetesTelemetry((await cluster()).connection, log, { keepsPast: traitsOf(identity).keepsPast });
  });
  const usages = once(async () => {
    const { KubernetesUsages } = await import('../adapters/kubernetes/telemetry/kubernetesUsages');
    return new KubernetesUsages((await cluster()).connection);
  });
  const infra = once(async () => {
    const { KubernetesInfra } = await import('../adapters/kubernetes/kubernetesInfra');
    return new KubernetesInfra((await cluster()).connection, join(root, 'charts', 'infra'));
  });
  const environmentKubeconfigs = once(async () => {
    const { FileEnvironmentKubeconfigs } = await import('../adapters/kubernetes/connection/fileEnvironmentKubeconfigs');
    return new FileEnvironmentKubeconfigs((await cluster()).connection, join(home, 'kubeconfigs', pinOf(identity)));
  });
  const networkPolicies = async () => {
    if (!traitsOf(identity).enforcesNetwork) return undefined;
    const { KubernetesNetworkPolicies } = await import('../adapters/kubernetes/kubernetesNetworkPolicies');
    return new KubernetesNetworkPolicies((await cluster()).connection);
  };
  return {
    chosen: { identity, kubeconfigs },
    identity,
    networkPolicies,
    cluster,
    workloads,
    releases,
    environmentKubeconfigs,
    nodes,
    ingressClasses,
    telemetry,
    usages,
    infra,
  };
}

/** Names the file of a pin; it says nothing of what is in it. */
function pinOf(identity: ClusterIdentity): string {
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 16);
}
