import { clusterText, refusalOf } from '../../core/clusters/clusterRules';
import { AppError } from '../../core/errors';
import type { ClusterIdentity } from '../../core/model';
import type { ChoicePorts } from './chosenCluster';

/** @throws denied when nothing may be changed in this cluster as choices and settings are at this moment */
export async function verifyAllowed(ports: ChoicePorts, identity: ClusterIdentity): Promise<void> {
  const chosen = (await ports.choices.allowed()).map((one) => one.identity);
  const refusal = refusalOf(identity, chosen, ports.settings()['cluster.allowedContexts']);
  if (refusal === 'notAllowed') throw notAllowed(identity);
  if (refusal === 'notChosen') {
    throw new AppError('denied', `Nothing is changed in ${clusterText(identity)}: it was not chosen.`, {
      remedy: { title: 'Choose Cluster…', action: { kind: 'chooseCluster' } },
    });
  }
}

/** For a cluster that no tool made on this machine, and that no setting names. */
export function notAllowed(identity: ClusterIdentity): AppError {
  return new AppError(
    'denied',
    `Nothing is changed in ${clusterText(identity)} before you allow it: add its context to the setting coppice.cluster.allowedContexts.`,
    {
      explanation: `For the command line: COPPICE_CLUSTER_ALLOWED_CONTEXTS=${identity.context ?? ''}`,
      remedy: { title: 'Open Settings', action: { kind: 'openSettings', setting: 'coppice.cluster.allowedContexts' } },
    },
  );
}
