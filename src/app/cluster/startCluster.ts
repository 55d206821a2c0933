import { clusterText } from '../../core/clusters/clusterRules';
import { traitsOf } from '../../core/clusterTraits';
import { AppError, isAbort } from '../../core/errors';
import type { ClusterIdentity } from '../../core/model';
import type { Ports } from '../../core/ports/host';
import type { ClusterReadiness, LocalClusterRecords, LocalClusters } from '../../core/ports/localClusters';
import type { Run, UseCase } from '../run/run';

export interface StartClusterPorts {
  readonly localClusters: LocalClusters;
  readonly localRecords: LocalClusterRecords;
  readonly readiness: ClusterReadiness;
  readonly ports: Ports;
  /** Starts what the embedded cluster consists of. */
  readonly startEmbedded: UseCase<void, void>;
  /** Whether a cluster that is not Coppice's to start answers. */
  readonly answers: (signal: AbortSignal) => Promise<boolean>;
}

/** Starts a cluster where that is Coppice's to do. @throws notConfigured where it is not, notFound, conflict when its port is taken */
export function startCluster(ports: StartClusterPorts): UseCase<ClusterIdentity, void> {
  return async (identity, run) => {
    switch (traitsOf(identity).canStart) {
      case 'onUse':
        return ports.startEmbedded(undefined, run);
      case 'onRequest':
        return startLocal(ports, nameOfLocal(identity), run);
      case 'never':
        if (await ports.answers(run.signal)) return;
        throw notOurs(identity, 'started');
    }
  };
}

async function startLocal(ports: StartClusterPorts, name: string, run: Run): Promise<void> {
  const { localClusters, localRecords, readiness } = ports;
  const report = (state: 'running' | 'done', finished: number, detail?: string): void =>
    run.report({
      ...{ step: 'cluster', title: `Start the cluster ${name}`, state, finished, total: 1 },
      ...(detail === undefined ? {} : { detail }),
    });
  report('running', 0);
  await localClusters.verifyTools(run.signal);
  const record = await localRecords.read(name);
  try {
    await localClusters.start(name, (line) => report('running', 0, line), run.signal);
  } catch (error) {
    if (isAbort(error) || record === undefined || (await ports.ports.isFree(record.httpPort))) throw error;
    throw new AppError(
      'conflict',
      `Port ${record.httpPort}, which the URLs of ${name} have, is taken by another program.`,
      {
        remedy: { title: 'Try Again', action: { kind: 'retry' } },
        cause: error,
      },
    );
  }
  if (record?.access) {
    await readiness.awaitApi(record.access, run.signal);
    await readiness.awaitIngress(record.access, run.signal);
  }
  report('done', 1);
}

/** k3d names the context of a cluster after it. */
export function nameOfLocal({ context }: ClusterIdentity): string {
  return (context ?? '').replace(/^k3d-/, '');
}

export function notOurs(identity: ClusterIdentity, what: 'started' | 'stopped'): AppError {
  return new AppError(
    'notConfigured',
    `Coppice did not make ${clusterText(identity)}: it is ${what} with the tool that made it.`,
  );
}
