import type { Cluster } from '../../core/ports/cluster';
import type { Databases } from '../../core/ports/databases';
import type { EnvironmentKubeconfigs } from '../../core/ports/environmentKubeconfigs';
import type { Clock, Commands, Locks } from '../../core/ports/host';
import type { FolderPrograms } from '../../core/ports/folderPrograms';
import type { Releases } from '../../core/ports/releases';
import type { Setups } from '../../core/ports/setups';
import type { TemporalNamespaces } from '../../core/ports/temporalNamespaces';
import type { UsedServices } from '../../core/ports/usedServices';
import type { WorktreeFiles } from '../../core/ports/worktreeFiles';
import type { Identities, Worktrees } from '../../core/ports/worktrees';
import type { Settings } from '../../core/settings';

/** What a delete, and the parts that it removes, need of the outside. */
export interface DeletePorts {
  readonly worktrees: Worktrees;
  readonly identities: Identities;
  readonly locks: Locks;
  readonly cluster: Cluster;
  readonly releases: Releases;
  readonly databases: Databases;
  readonly kubeconfigs: Pick<EnvironmentKubeconfigs, 'remove'>;
  readonly worktreeFiles: Pick<WorktreeFiles, 'unpatch' | 'patched'>;
  readonly commands: Commands;
  readonly setups: Setups;
  readonly uses: Pick<UsedServices, 'written' | 'remove'>;
  readonly temporal: Omit<TemporalNamespaces, 'verify' | 'register'>;
  readonly settings: () => Settings;
  readonly clock: Clock;
  /** Tells who works in the folder that goes; undefined: nobody is told of. */
  readonly folderPrograms?: FolderPrograms | undefined;
}
