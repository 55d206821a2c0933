import { infraOwner, type InfraPart } from '../../core/clusters/infra';
import type { Health, ServiceStatus } from '../../core/model';
import { foundInfra } from './foundInfra';
import { recordedInfra } from './recordedInfra';
import type { UseCase } from '../run/run';
import { verifyCanHaveInfra, type InfraPorts } from './setUpInfra';

export interface InfraStatus {
  readonly parts: readonly InfraPart[];
  /** Whether data live as long as their pods. */
  readonly ephemeral: boolean;
  readonly health: Health;
  readonly services: readonly ServiceStatus[];
}

/** What runs of infra in the repository's cluster; undefined: there is none. @throws notConfigured on the embedded cluster */
export function infraStatus(
  ports: Pick<InfraPorts, 'cluster'>,
): UseCase<{ readonly folder: string }, InfraStatus | undefined> {
  return async (_, { signal }) => {
    const { cluster } = ports;
    verifyCanHaveInfra(cluster);
    const recorded = await recordedInfra(cluster, signal);
    if (!recorded) return undefined;
    const found = foundInfra(await cluster.read(infraOwner.repositoryId, signal));
    const { health, services } = found ?? { health: 'unknown' as const, services: [] };
    return { ...recorded, health, services };
  };
}
