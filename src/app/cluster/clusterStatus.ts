import { traitsOf } from '../../core/clusterTraits';
import type { ClusterIdentity } from '../../core/model';
import type { ClusterAccess } from '../../core/ports/cluster';
import type { ChosenCluster } from '../../core/ports/clusters';
import type { LocalClusterRecords } from '../../core/ports/localClusters';
import { localRecordOf } from '../images/localRecordOf';

export interface ClusterStatusPorts {
  readonly localRecords: LocalClusterRecords;
  /** What there is of it: whether it answers is not whether it runs. */
  readonly lookEmbedded: (signal: AbortSignal) => Promise<EmbeddedState>;
  /** Whether the database server of Coppice's own answers; undefined: there is none. */
  readonly databasesRun: () => Promise<boolean | undefined>;
  /** Why Temporal's server of Coppice's own does not run; undefined: it does, or there is none. */
  readonly temporalTrouble: () => Promise<string | undefined>;
  /** Why it cannot save what it is told. */
  readonly stateTrouble: (chosen: ChosenCluster) => Promise<string | undefined>;
  /** Starts nothing; undefined: it does not answer. */
  readonly probe: (chosen: ChosenCluster, signal: AbortSignal) => Promise<ClusterAccess | undefined>;
}

interface EmbeddedProcess {
  readonly pid: number;
  /** Words that follow "runs": its number says nothing here. */
  readonly elsewhere?: string;
}

/** What there is of the embedded cluster. */
export type EmbeddedState =
  | { readonly state: 'running'; readonly cluster: { readonly access: ClusterAccess; readonly gatewayPort: number } }
  | {
      readonly state: 'starting' | 'stopping';
      readonly process: EmbeddedProcess;
      readonly detail: string | undefined;
    }
  | { readonly state: 'silent'; readonly process: EmbeddedProcess }
  | { readonly state: 'stopped'; readonly lastEnd: { readonly at: string; readonly reason: string } | undefined };

export interface ClusterStatus {
  readonly identity: ClusterIdentity;
  /** Of one that Coppice does not run itself: `running` when it answers, else `silent`. */
  readonly state: EmbeddedState['state'];
  /** What else is to be said of the state, for a person. */
  readonly note: string | undefined;
  /** Of the embedded cluster's process; undefined: it is none of those here, and `note` says where it is. */
  readonly pid: number | undefined;
  /** Only while it runs and answers. */
  readonly access: ClusterAccess | undefined;
  /** Port of this machine that the URLs have; undefined where only the ingresses know it. */
  readonly port: number | undefined;
  /** With the embedded cluster: whether the database server of Coppice's own answers; undefined: there is none. */
  readonly databases: boolean | undefined;
  /** The same of Temporal's server beside it: why it does not run, where it should. */
  readonly temporalTrouble: string | undefined;
  /** Of a cluster that Coppice made in containers. */
  readonly registry: string | undefined;
}

/** Whether a cluster runs, and where. Starts nothing. */
export async function clusterStatus(
  ports: ClusterStatusPorts,
  chosen: ChosenCluster,
  signal: AbortSignal,
): Promise<ClusterStatus> {
  const { identity } = chosen;
  if (traitsOf(identity).isProcess) {
    const [found, databases, temporal] = await Promise.all([
      ports.lookEmbedded(signal),
      ports.databasesRun(),
      ports.temporalTrouble(),
    ]);
    const status = embeddedStatus(identity, found);
    const trouble = found.state === 'running' ? await ports.stateTrouble(chosen) : undefined;
    // It runs as long as the cluster does.
    const temporalTrouble = found.state === 'running' ? temporal : undefined;
    return { ...status, databases, temporalTrouble, note: trouble ?? status.note };
  }
  const [access, record] = await Promise.all([
    ports.probe(chosen, signal),
    localRecordOf(ports.localRecords, identity),
  ]);
  const state = access ? 'running' : 'silent';
  return {
    ...{ identity, state, access, note: undefined, pid: undefined },
    ...{ port: record?.httpPort, registry: record?.registry, databases: undefined, temporalTrouble: undefined },
  };
}

function embeddedStatus(identity: ClusterIdentity, found: EmbeddedState): ClusterStatus {
  const none = {
    access: undefined,
    port: undefined,
    registry: undefined,
    note: undefined,
    pid: undefined,
    databases: undefined,
    temporalTrouble: undefined,
  };
  if ('process' in found && found.process.elsewhere !== undefined) {
    const { elsewhere, pid } = found.process;
    return { ...none, identity, state: 'silent', note: `it runs ${elsewhere} (process ${pid} there)` };
  }
  switch (found.state) {
    case 'running': {
      const { access, gatewayPort: port } = found.cluster;
      return { ...none, identity, state: 'running', access, port };
    }
    case 'starting':
    case 'stopping':
      return { ...none, identity, state: found.state, note: found.detail, pid: found.process.pid };
    case 'silent':
      return { ...none, identity, state: 'silent', pid: found.process.pid };
    case 'stopped': {
      const { lastEnd } = found;
      const note = lastEnd && `it was ended at ${lastEnd.at}: ${lastEnd.reason}`;
      return { ...none, identity, state: 'stopped', note };
    }
  }
}
