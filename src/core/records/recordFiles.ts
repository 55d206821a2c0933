import type { RecordKind } from '@coppice/host/migrateRecord';
import { agentEventRecord } from './agentEventRecord';
import { approvalRecord } from './approvalRecord';
import { begunRecord } from './begunRecord';
import { cleanupNoticesRecord } from './cleanupNoticesRecord';
import { clusterChoicesRecord } from './clusterChoicesRecord';
import { copiedRecord } from './copiedRecord';
import { deletedRecord } from './deletedRecord';
import { identityRecord } from './identityRecord';
import { installsRecord } from './installsRecord';
import { localClusterRecord } from './localClusterRecord';
import { repositoryRecord } from './repositoryRecord';
import { sessionRecord } from './sessionRecord';
import { setupRecord } from './setupRecord';
import { spareRecord } from './spareRecord';

/**
 * Every file that Coppice writes and later believes, with its version and how older ones become it. Those of the embedded cluster are
 * in its own table (`stateRecords`).
 *
 * Not here, because nothing is lost with them: what holds for moments (locks, requests for an agent, `phase.json`, `cluster.json`,
 * `processes.json`), what is made anew from the rest (kubeconfigs, `databaseServer.json`), what only spares a question (`beginning.json` of used services), and what is only read by people (logs,
 * `lastEnd.json`, `told.json`).
 */
export const recordFiles: Readonly<Record<string, RecordKind<unknown>>> = {
  'coppice.json': identityRecord,
  'coppice-begun.json': begunRecord,
  'coppice-copied.json': copiedRecord,
  'coppice-installs.json': installsRecord,
  'coppice-session.json': sessionRecord,
  'coppice-setup.json': setupRecord,
  'coppice-spare.json': spareRecord,
  'coppice-agents/*.jsonl': agentEventRecord,
  'coppice/begun/*.json': begunRecord,
  'coppice/repository.json': repositoryRecord,
  'coppice-trash/*.deleted/record.json': deletedRecord,
  '$COPPICE_HOME/cleanup/*.json': cleanupNoticesRecord,
  '$COPPICE_HOME/clusters.json': clusterChoicesRecord,
  '$COPPICE_HOME/k3d/*.json': localClusterRecord,
  '$COPPICE_HOME/approvals/*/*.json': approvalRecord,
};
