import { AppError } from '../../core/errors';
import { infraNamespace, infraOwner, infraRelease } from '../../core/clusters/infra';
import type { ClusterAccess } from '../../core/ports/cluster';
import type { InfraVolume } from '../../core/ports/infra';
import { databasesInInfra } from './databasesInInfra';
import { recordedInfra } from './recordedInfra';
import type { UseCase } from '../run/run';
import { infraLock, verifyCanHaveInfra, type InfraPorts } from './setUpInfra';
import { runSteps } from '../run/steps';
import { withLock } from '../run/withLock';

/** What goes with infra. */
export interface InfraContents {
  /** Data that are deleted. */
  readonly volumes: readonly InfraVolume[];
  /** Namespaces of the environments, of any repository, that have their database in infra's PostgreSQL. */
  readonly environments: readonly string[];
}

/** @throws notFound when there is no infra */
export function infraContents(
  ports: Pick<InfraPorts, 'cluster' | 'infra' | 'settings'>,
): UseCase<{ readonly folder: string }, InfraContents> {
  return async (_, { signal }) => {
    verifyCanHaveInfra(ports.cluster);
    const recorded = await recordedInfra(ports.cluster, signal);
    if (!recorded) throw new AppError('notFound', 'There is no infra in this cluster.');
    const [volumes, environments] = await Promise.all([
      ports.infra.volumes(signal),
      databasesInInfra(ports.cluster, ports.settings(), signal),
    ]);
    return { volumes, environments };
  };
}

export interface RemoveInfraRequest {
  readonly folder: string;
  /** Names of the volumes and environments that the person saw and gives up. */
  readonly accepted: readonly string[];
}

/** Removes infra and all of its data. @throws conflict naming what would be lost, unless each of it was accepted; notFound */
export function removeInfra(ports: InfraPorts): UseCase<RemoveInfraRequest, InfraContents> {
  return async (request, run) =>
    withLock(ports.locks, infraLock, 'infra is being removed', async () => {
      const contents = await infraContents(ports)(request, run);
      const lost = [...contents.volumes.map(({ name }) => name), ...contents.environments];
      if (!lost.every((name) => request.accepted.includes(name))) throw refusal(contents);
      let access: ClusterAccess | undefined;
      await runSteps(
        [
          {
            id: 'tools',
            after: [],
            title: 'Look for Helm',
            run: ({ signal }) => ports.releases.verifyTool(signal),
          },
          {
            id: 'cluster',
            after: ['tools'],
            title: 'Reach the cluster',
            run: async ({ signal, tell }) => void (access = await ports.cluster.connect(signal, tell)),
          },
          {
            id: 'release',
            after: ['cluster'],
            title: 'Uninstall infra',
            run: async ({ signal }) => {
              if (access) await ports.releases.uninstall(infraRelease, infraNamespace, access, signal);
            },
          },
          {
            id: 'namespace',
            after: ['release'],
            title: `Delete the namespace ${infraNamespace} and its volumes`,
            run: ({ signal }) => ports.cluster.deleteNamespace(infraNamespace, infraOwner, signal),
          },
        ],
        run,
        ports.clock,
      );
      return contents;
    });
}

/** What a person would lose, for a question or a refusal. */
export function infraLosses({ volumes, environments }: InfraContents): string[] {
  return [
    ...(volumes.length > 0 ? [`Data of ${volumes.map(({ name, size }) => `${name} (${size})`).join(', ')}.`] : []),
    ...(environments.length > 0 ? [`Databases of the environments ${environments.join(', ')}.`] : []),
    'Metrics, logs, traces and workflows of all environments.',
  ];
}

function refusal(contents: InfraContents): AppError {
  return new AppError('conflict', `Infra is not removed: its data would be lost.`, {
    explanation: infraLosses(contents).join('\n'),
  });
}
