import { arch, availableParallelism, platform, release, totalmem, type } from 'node:os';
import type { Server } from './engineTypes';

const MOST_PODS = '500';

/** Tells of the one node what is true: it is this machine, reached by its loopback address. Call before the cluster starts. */
export function describeNode(server: Server, version: string): void {
  const capacity = {
    cpu: String(availableParallelism()),
    memory: `${Math.floor(totalmem() / 1024)}Ki`,
    pods: MOST_PODS,
  };
  server.node.metadata = {
    ...server.node.metadata,
    labels: {
      'kubernetes.io/hostname': server.name,
      'kubernetes.io/os': platform() === 'win32' ? 'windows' : platform(),
      'kubernetes.io/arch': arch() === 'x64' ? 'amd64' : arch(),
    },
  };
  server.node.status = {
    ...server.node.status,
    addresses: [
      { type: 'InternalIP', address: '127.0.0.1' },
      { type: 'Hostname', address: server.name },
    ],
    capacity,
    allocatable: capacity,
    nodeInfo: {
      architecture: arch() === 'x64' ? 'amd64' : arch(),
      operatingSystem: platform() === 'win32' ? 'windows' : platform(),
      kernelVersion: release(),
      osImage: type(),
      containerRuntimeVersion: `process://${version}`,
      kubeletVersion: `v${version}+coppice`,
      kubeProxyVersion: `v${version}+coppice`,
      machineID: '',
      systemUUID: '',
      bootID: '',
    },
  };
}
