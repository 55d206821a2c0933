import { stringify } from 'yaml';
import { pathInNodes } from '../../core/clusters/localClusterPlan';
import type { LocalClusterPlan } from '../../core/ports/localClusters';

/** Runtime label of all nodes. k3d tells only labels that begin with `k3d`, and keeps `k3d.…` for itself. */
export const markLabel = 'k3d-coppice/mark';

const loopback = '127.0.0.1';
/** Where the registry listens in the network of the nodes; k3d's default. */
const registryPortInNodes = 5000;

export function registryName(name: string): string {
  return `k3d-${name}-registry`;
}

/**
 * k3d puts variables of its environment into the file before it reads it, and has no way to escape a `$` of a path: it is
 * written as this variable, whose value it is.
 */
export const dollarVariable = 'COPPICE_DOLLAR';

/** Under this name the nodes pull what was pushed to it from this machine. */
export function registryAddress(port: number): string {
  return `localhost:${port}`;
}

/**
 * The text of a k3d config file (https://k3d.io/stable/usage/configfile/, version v1alpha5, k3d 5.5 or newer). Nothing
 * listens beyond this machine, and no kubeconfig of the user's is touched. To be read with `dollarVariable` in the environment.
 */
export function k3dConfig({ name, mark, httpPort, registryPort, folders }: LocalClusterPlan): string {
  const mirrors = {
    [registryAddress(registryPort)]: { endpoint: [`http://${registryName(name)}:${registryPortInNodes}`] },
  };
  const config = {
    apiVersion: 'k3d.io/v1alpha5',
    kind: 'Simple',
    metadata: { name },
    servers: 1,
    agents: 2,
    kubeAPI: { hostIP: loopback },
    ports: [{ port: `${loopback}:${httpPort}:80`, nodeFilters: ['loadbalancer'] }],
    volumes: folders.map((folder) => ({
      volume: `${folder}:${pathInNodes(folder)}`,
      nodeFilters: ['server:*', 'agent:*'],
    })),
    registries: {
      create: { name: registryName(name), host: loopback, hostPort: String(registryPort) },
      // A registries.yaml within: the name that this machine pushes to is a mirror for the nodes.
      config: stringify({ mirrors }),
    },
    options: {
      k3d: { wait: true, timeout: '10m' },
      kubeconfig: { updateDefaultKubeconfig: false, switchCurrentContext: false },
      runtime: { labels: [{ label: `${markLabel}=${mark}`, nodeFilters: ['all'] }] },
    },
  };
  return stringify(config, { lineWidth: 0 }).replaceAll('$', `\${${dollarVariable}}`);
}
