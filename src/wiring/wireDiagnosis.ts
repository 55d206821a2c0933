import { join } from 'node:path';
import { compareWorktrees, type CompareWorktreesPorts } from '../app/compare/compareWorktrees';
import { readStatus, withDatabase } from '../app/databases/migrations/migrationStatus';
import { diagnose } from '../app/diagnosis/diagnose';
import type { DatabasePlace } from '../app/diagnosis/diagnosis';
import { readErrors } from '../app/diagnosis/readErrors';
import type { Product } from '../app/product';
import { readTrace } from '../app/traces/readTrace';
import { readTraces, type TracesPorts } from '../app/traces/readTraces';
import { clusterName } from '../core/clusters/clusterRules';
import { traitsOf } from '../core/clusterTraits';
import { AppError } from '../core/errors';
import type { ClusterIdentity } from '../core/model';
import type { DatabaseServers } from './databaseServers';
import type { InfraAccess } from './infraAccess';
import { lazy } from './lazy';
import type { WiredServers } from './localServers';
import type { Connections } from './wireConnections';
import type { Machine } from './wireMachine';

type Asked = Pick<Product, 'clusters' | 'snapshots'> & { readonly infra: InfraAccess };

/** What is asked when an environment is not as it should be. */
export function wireDiagnosis(
  machine: Machine,
  connections: Connections,
  servers: DatabaseServers,
  local: WiredServers,
  { clusters, snapshots, infra }: Asked,
): Product['diagnosis'] {
  const ports = async () => {
    const { FileKeptTexts } = await import('../adapters/exec/fileKeptTexts');
    const { GitRepositoryFiles } = await import('../adapters/git/gitRepositoryFiles');
    const files = new GitRepositoryFiles(machine.env);
    return {
      ...(await machine.worktreeState()),
      files,
      environmentFiles: await machine.environmentFiles(),
      kept: new FileKeptTexts(join(machine.home, 'logs', 'told')),
      readSnapshot: (folder: string, signal: AbortSignal) => snapshots.read(folder, signal),
      workloads: async (folder: string) => (await connections.at(folder)).workloads(),
      databaseStatus: async (
        { repositoryId, worktree, identity }: DatabasePlace,
        command: string,
        signal: AbortSignal,
      ) => {
        const tables = await servers.tables(await connections.ofRepository(repositoryId));
        return readStatus(
          { tables, files },
          { path: worktree.path, command },
          withDatabase(worktree, identity),
          signal,
        );
      },
      databasesRun: async (cluster: ClusterIdentity | undefined) =>
        cluster && traitsOf(cluster).isProcess ? local.databasesRun() : undefined,
      paths: machine.paths,
      sha256: machine.sha256,
      now: () => machine.clock.now(),
    };
  };
  const compared = async (): Promise<CompareWorktreesPorts> => {
    const { GitWorktreeChanges } = await import('../adapters/git/gitWorktreeChanges');
    return {
      changes: new GitWorktreeChanges(machine.env),
      metrics: async (repositoryId, request, signal) => {
        const { environmentMetrics } = await import('../app/telemetry/environmentMetrics');
        const telemetry = await (await connections.ofRepository(repositoryId)).telemetry();
        return environmentMetrics({ past: (...asked) => telemetry.past(...asked), now: () => machine.clock.now() })(
          request,
          signal,
        );
      },
      databases: async (repositoryId, signal) => {
        const at = await connections.ofRepository(repositoryId);
        const isOurs = traitsOf(at.identity).isProcess;
        if (isOurs && (await clusters.status(clusterName(at.identity), signal)).databases === false)
          throw new AppError('unreachable', 'the database server does not run');
        return servers.databases(at);
      },
    };
  };
  const traced = async (): Promise<TracesPorts> => {
    const { FileKeptTexts } = await import('../adapters/exec/fileKeptTexts');
    return {
      readSnapshot: (folder, signal) => snapshots.read(folder, signal),
      traces: async (repositoryId, signal) => {
        const own = machine.settings()['jaeger.url'];
        const at = own === '' ? await connections.ofRepository(repositoryId) : undefined;
        const address = at ? (await infra.addresses(at, signal, ['jaeger'])).jaeger : own;
        if (address === undefined) return undefined;
        const { JaegerTraces } = await import('../adapters/jaeger/jaegerTraces');
        return new JaegerTraces(address);
      },
      kept: new FileKeptTexts(join(machine.home, 'logs', 'told')),
      paths: machine.paths,
      now: () => machine.clock.now(),
    };
  };
  return {
    compare: lazy(compared, compareWorktrees),
    why: lazy(ports, diagnose),
    errors: lazy(ports, readErrors),
    traces: lazy(traced, readTraces),
    trace: lazy(traced, readTrace),
  };
}
