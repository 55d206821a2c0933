import type { HookTool } from '../../core/agents/hookTools';
import type { GitExclude } from '../../core/ports/gitExclude';
import type { PlannedEntry, ToolEntries } from '../../core/ports/toolEntries';
import type { Worktrees } from '../../core/ports/worktrees';
import type { UseCase } from '../run/run';

export interface ConnectPorts {
  readonly worktrees: Pick<Worktrees, 'repository'>;
  readonly entries: ToolEntries;
  readonly exclude: GitExclude;
}

export interface ConnectRequest {
  /** Any folder of the repository. */
  readonly folder: string;
  readonly tool: HookTool;
  /** In the tool's settings of this user, for every repository. */
  readonly isForUser?: boolean;
  /** Takes the entry away. */
  readonly isRemoval?: boolean;
  /** Says what would be written, and writes nothing. */
  readonly isDry?: boolean;
}

/** Writes, or takes away, the entry by which a tool calls Coppice for the worktrees that it makes. */
export function connectTool({ worktrees, entries, exclude }: ConnectPorts): UseCase<ConnectRequest, PlannedEntry> {
  return async ({ folder, tool, isForUser, isRemoval, isDry }, { signal }) => {
    const repository = await worktrees.repository(folder, signal);
    const scope = isForUser ? 'user' : 'repository';
    const planned = await entries.plan({ tool, root: repository.root, scope }, isRemoval ? 'remove' : 'add');
    const { personal } = planned;
    // What it says holds on this machine alone, and is not to be committed by whoever commits everything.
    const isShown = !isRemoval && personal !== undefined && (await exclude.isShown(repository, personal, signal));
    if (!isDry && planned.before !== planned.after) await entries.write(planned);
    if (!isDry && isShown) await exclude.add(repository, personal);
    if (!isDry && isRemoval && personal !== undefined) await exclude.remove(repository, personal);
    if (!isShown) return planned;
    const excluded = `git did not ignore it: .git/info/exclude of this clone says so ${isDry ? 'then' : 'now'}.`;
    return { ...planned, note: [planned.note, excluded].filter((each) => each !== undefined).join('\n') };
  };
}
