import type { ApprovalRequest } from '../approval/approveCommands';
import { includeFile } from '../../core/ports/worktreeFiles';
import { copySelection } from '../../core/repositoryCommands';
import { readCommands } from '../approval/readCommands';
import type { CreatePorts } from './createPorts';
import { filesAt } from './filesAt';
import type { PreparedCreate, Target } from './preparedCreate';

/** What the file that was read runs and copies here, and on which branch it says so. */
export async function commandsOf(
  ports: Pick<CreatePorts, 'worktrees' | 'cluster'>,
  { repository, target, file, copies, lockfiles }: PreparedCreate,
  signal: AbortSignal,
): Promise<ApprovalRequest> {
  const commands = await readCommands(ports, repository, file, filesAt(target), lockfiles, signal);
  const isThere = copies.paths.length > 0;
  const selected =
    isThere || commands.length > 0
      ? copySelection(file, await ports.worktrees.fileAt(repository, target.commit, includeFile, signal))
      : [];
  // Where nothing of it is there, as in the main worktree, nobody is asked about it alone.
  const copied = isThere ? selected : selected.map((command) => ({ ...command, isWithOthers: true as const }));
  return {
    repositoryId: repository.id,
    source: sourceOf(target),
    commands: [...commands, ...copied],
  };
}

function sourceOf(target: Target): string {
  switch (target.kind) {
    case 'new':
      return target.base;
    case 'tracking':
      return target.remoteBranch;
    case 'existing':
    case 'worktree':
      return target.branch;
  }
}
