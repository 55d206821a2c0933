import type { Repository } from '../../core/model';
import type { FolderPrograms } from '../../core/ports/folderPrograms';
import type { EnvironmentFiles } from '../../core/ports/environmentFiles';
import type { Locks, Paths } from '../../core/ports/host';
import type { MachineLoad } from '../../core/ports/machineLoad';
import type { Setups } from '../../core/ports/setups';
import type { Spares } from '../../core/ports/spares';
import type { Worktrees } from '../../core/ports/worktrees';
import type { Settings } from '../../core/settings';
import type { ApprovalPorts } from '../approval/approveCommands';
import type { DependencyPorts } from '../dependencies/bringDependencies';
import type { SetupPorts } from '../environment/commands/runSetup';

/** What keeps worktrees ready, and takes them away. */
export interface PoolPorts
  extends
    Omit<ApprovalPorts, 'worktrees' | 'environmentFiles' | 'paths'>,
    Omit<DependencyPorts, 'worktrees' | 'paths'> {
  readonly worktrees: Worktrees;
  readonly spares: Spares;
  readonly setups: Setups;
  readonly environmentFiles: ApprovalPorts['environmentFiles'] &
    SetupPorts['environmentFiles'] &
    Pick<EnvironmentFiles, 'parse'>;
  readonly programs: FolderPrograms;
  readonly machineLoad: MachineLoad;
  readonly locks: Locks;
  readonly paths: Paths;
  /** Another one each time: 12 hex digits. */
  readonly newId: () => string;
  readonly settings: () => Settings;
}

/** Held by whoever fills or empties the pool of a repository: one at a time. */
export function poolLock({ id }: Pick<Repository, 'id'>): string {
  return `pool ${id}`;
}
