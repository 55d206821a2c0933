import type { Runtime } from './engineTypes';

/** The label by which the kubelet asks for what is a pod's. */
const podUidLabel = 'io.kubernetes.pod.uid';

/**
 * Lets the runtime look for one pod's sandboxes by its number. It writes down the state and the labels of every sandbox that there is, and
 * then compares: with each step of one pod for the pods of the whole cluster. Call before the node boots.
 */
export function findSandboxesOfPod(runtime: Runtime): void {
  const { listPodSandbox } = runtime;
  runtime.listPodSandbox = async function (ctx, filter) {
    const uid = filter?.labelSelector?.[podUidLabel];
    const sandboxes: unknown = Reflect.get(runtime, 'sandboxes');
    if (uid === undefined || !(sandboxes instanceof Map)) return listPodSandbox.call(runtime, ctx, filter);
    const own = new Map([...sandboxes].filter(([, sandbox]) => Reflect.get(sandbox as object, 'uid') === uid));
    return listPodSandbox.call(Object.create(runtime, { sandboxes: { value: own } }) as Runtime, ctx, filter);
  };
}
