import { Cluster } from '@ngrok/webernetes';
import { expect, it } from 'vitest';

/** Where the cluster puts something of its own in the place of something of the engine's, at an object that runs. */
const replaced: readonly [path: string, members: readonly string[]][] = [
  ['kubeConfig', ['makeApiClient']],
  ['servers.0', ['name']],
  ['servers.0.node', ['metadata', 'status']],
  ['servers.0.kubelet', ['makeEnvironmentVariables', 'generateAPIPodStatus', 'syncPod', 'requestPodRelist']],
  ['servers.0.kubelet.containerRuntime', ['type']],
  ['servers.0.kubelet.pleg', ['update', 'relist', 'relistPod', 'requestRelist']],
  ['servers.0.kubelet.podCache', ['getNewerThan']],
  ['servers.0.kubelet.recorder', ['event', 'eventf', 'annotatedEventf']],
  ['servers.0.kubelet.statusManager', ['setPodStatus']],
  ['servers.0.kubelet.probeManager', ['getWorker', 'startedAt', 'prober']],
  ['servers.0.kubelet.probeManager.prober', ['probe']],
  [
    'servers.0.runtime',
    [
      ...['createContainer', 'startContainer', 'stopContainer', 'removeContainer', 'listContainers', 'containerStatus'],
      ...['execSync', 'stopPodSandbox', 'listPodSandbox', 'sandboxes'],
    ],
  ],
  ['etcd.kv', ['compact']],
  ['etcd.stateRef.histories', ['compareKeys', 'entries', 'delete']],
  ['etcd.stateRef.history', ['clearBefore']],
  ['etcd.stateRef', ['appendRevision']],
];

it.each(replaced)('the engine still has what is replaced at its %s', (path, members) => {
  let found: unknown = new Cluster({ nodes: 1 });
  for (const name of path.split('.')) found = Reflect.get(found as object, name);
  expect(members.filter((member) => Reflect.get(found as object, member) === undefined)).toEqual([]);
});
