import { join } from 'node:path';
import { diagnose } from '../app/diagnosis/diagnose';
import { readErrors } from '../app/diagnosis/readErrors';
import type { Product } from '../app/product';
import { lazy } from './lazy';
import type { Connections } from './wireConnections';
import type { Machine } from './wireMachine';

type Asked = Pick<Product, 'clusters' | 'databases' | 'snapshots'>;

const quiet = (signal: AbortSignal) => ({ signal, report: () => undefined });

/** What is asked when an environment is not as it should be. */
export function wireDiagnosis(
  machine: Machine,
  connections: Connections,
  { clusters, databases, snapshots }: Asked,
): Product['diagnosis'] {
  const ports = async () => {
    const { FileKeptTexts } = await import('../adapters/exec/fileKeptTexts');
    return {
      ...(await machine.worktreeState()),
      environmentFiles: await machine.environmentFiles(),
      kept: new FileKeptTexts(join(machine.home, 'logs', 'told')),
      readSnapshot: (folder: string, signal: AbortSignal) => snapshots.read(folder, signal),
      workloads: async (folder: string) => (await connections.at(folder)).workloads(),
      databaseStatus: (folder: string, signal: AbortSignal) => databases.status({ folder }, quiet(signal)),
      databasesRun: async (signal: AbortSignal) => (await clusters.status(undefined, signal)).databases,
      paths: machine.paths,
      sha256: machine.sha256,
    };
  };
  return { why: lazy(ports, diagnose), errors: lazy(ports, readErrors) };
}
