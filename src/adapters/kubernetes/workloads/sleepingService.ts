import { asleepAnnotation, waitsAnnotation } from '@coppice/cluster/contract';
import type { V1Deployment, V1Namespace } from '@kubernetes/client-node';
import { isAppError } from '../../../core/errors';
import type { KubeConnection } from '../connection/kubeConnection';
import { sleepingPods } from '../watch/mapDeployment';
import { isOnce } from './runOnce';
import { ownDeployments, patchDeployment, type DeploymentChange, type OwnedService } from './serviceDeployments';

/** A cluster writes how a deployment is while it changes: what was read may be old by then. */
const attempts = 10;

/**
 * That a service sleeps, and how many pods it had, are one change of its deployment: there is no moment, and so no crash, between them.
 */
export async function putToSleep(
  connection: KubeConnection,
  at: OwnedService,
  signal: AbortSignal | undefined,
): Promise<void> {
  await changeAll(connection, at, signal, (deployment) => {
    const replicas = deployment.spec?.replicas ?? 1;
    if (isOnce(deployment) || replicas === 0) return undefined;
    return { verb: 'scale', spec: { replicas: 0 }, annotations: { [asleepAnnotation]: String(replicas) } };
  });
}

/** What waits to wake does not any more: what sleeps until somebody asks for it does not start by itself. */
export async function takeBackWait(
  connection: KubeConnection,
  { metadata }: V1Namespace,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { name = '', uid, annotations } = metadata ?? {};
  if (annotations?.[waitsAnnotation] === undefined) return;
  await connection.json(
    {
      method: 'PATCH',
      path: `/api/v1/namespaces/${encodeURIComponent(name)}`,
      // With the uid: another namespace of that name, made meanwhile, is left alone.
      body: { metadata: { uid, annotations: { [waitsAnnotation]: null } } },
      contentType: 'application/merge-patch+json',
      verb: 'patch',
      resource: `namespace "${name}"`,
    },
    signal,
  );
}

export async function wakeUp(
  connection: KubeConnection,
  at: OwnedService,
  signal: AbortSignal | undefined,
): Promise<void> {
  await changeAll(connection, at, signal, (deployment) => {
    const replicas = sleepingPods(deployment);
    if (replicas === undefined) return undefined;
    return { verb: 'scale', spec: { replicas }, annotations: { [asleepAnnotation]: null } };
  });
}

/** @param changeOf undefined: it is as it is to be */
async function changeAll(
  connection: KubeConnection,
  at: OwnedService,
  signal: AbortSignal | undefined,
  changeOf: (deployment: V1Deployment) => DeploymentChange | undefined,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      for (const deployment of await ownDeployments(connection, at, signal)) {
        const change = changeOf(deployment);
        const { resourceVersion } = deployment.metadata ?? {};
        if (change) await patchDeployment(connection, deployment, { ...change, resourceVersion }, signal);
      }
      return;
    } catch (error) {
      // One that is another's is so at each attempt.
      if (!isAppError(error, 'conflict') || attempt >= attempts) throw error;
    }
  }
}
