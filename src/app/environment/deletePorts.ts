import type { Cluster } from '../../core/ports/cluster';
import type { Databases } from '../../core/ports/databases';
import type { EnvironmentKubeconfigs } from '../../core/ports/environmentKubeconfigs';
import type { Clock, Locks } from '../../core/ports/host';
import type { Releases } from '../../core/ports/releases';
import type { Identities, Worktrees } from '../../core/ports/worktrees';

/** What a delete, and the parts that it removes, need of the outside. */
export interface DeletePorts {
  readonly worktrees: Worktrees;
  readonly identities: Identities;
  readonly locks: Locks;
  readonly cluster: Cluster;
  readonly releases: Releases;
  readonly databases: Databases;
  readonly kubeconfigs: Pick<EnvironmentKubeconfigs, 'remove'>;
  readonly clock: Clock;
}
