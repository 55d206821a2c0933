import type { DatabaseAt } from '../../app/environment/database/databaseAt';
import type { WorktreeEntry } from '../../core/model';
import type { CommandContext } from '../context/commandContext';
import { targetWorktree } from '../context/prompts';
import { plainWorktreeName } from '../editor/windowEntry';

export interface DatabaseTarget {
  /** What the worktree is called. */
  readonly name: string;
  readonly at: DatabaseAt;
  /** Its row in the tree, for another command. */
  readonly row: string;
}

export function hasDatabase({ environment }: WorktreeEntry): boolean {
  return environment?.database !== undefined && !environment.terminating;
}

/**
 * The worktree whose environment's database a command is about.
 *
 * @throws notFound when none has one
 */
export async function targetDatabase(
  context: CommandContext,
  argument: unknown,
  placeholder: string,
): Promise<DatabaseTarget | undefined> {
  const entry = await targetWorktree(context, argument, {
    placeholder,
    isFit: hasDatabase,
    none: 'No worktree has an environment with a database.',
  });
  if (!entry) return undefined;
  const { path } = entry.worktree;
  return { name: plainWorktreeName(entry), at: { folder: path, path }, row: `worktree:${path}` };
}
