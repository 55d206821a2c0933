import { dependencyProjects, installPlaces, installsByItself } from '../../core/dependencies/dependencyProjects';
import { isReplaced } from '../../core/dependencies/isReplaced';
import { isAbort, toAppError } from '../../core/errors';
import type { Repository } from '../../core/model';
import type { Spare } from '../../core/ports/spares';
import { installCommand, setupCommands } from '../../core/repositoryCommands';
import { commandsToApprove } from '../approval/approveCommands';
import { bringDependencies } from '../dependencies/bringDependencies';
import { runSetup } from '../environment/commands/runSetup';
import { withoutDatabase } from '../environment/parts/commandVariables';
import type { PoolPorts } from './poolPorts';
import type { SpareDependencies } from '../spares/spareDependencies';

export interface InstalledSpare {
  /** Why it has none, or not all. */
  readonly why?: string;
  /** No other install would do better. */
  readonly isBound?: true;
}

/**
 * Gives a spare its dependencies as a create does, of another worktree or by installs that were approved: nobody is asked.
 *
 * @param source the branch that it was made of, for a person
 * What of them would not outlive a move of the folder is taken out.
 */
export async function installSpare(
  ports: PoolPorts,
  repository: Repository,
  { worktree }: Spare,
  { file, lockfiles, installs }: SpareDependencies,
  source: string,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<InstalledSpare> {
  if (!file || lockfiles.length === 0)
    return { why: 'there is nothing to install that could be moved with its folder' };
  const places = installsByItself(file) ? installPlaces(file) : [];
  const byItself = dependencyProjects(lockfiles).flatMap((project) =>
    places.includes(project.folder) ? (installCommand(project) ?? []) : [],
  );
  const ofSetup = setupCommands({ setup: installs });
  const commands = [...byItself, ...ofSetup];
  const unapproved = await commandsToApprove(ports, { repositoryId: repository.id, source, commands }, signal);
  const isLeft = (content: string): boolean => unapproved.some((each) => each.content === content);
  const timeoutSeconds = ports.settings()['setup.timeout'];
  const env = { COPPICE_MAIN_WORKTREE: repository.root, ...withoutDatabase(file) };
  const name = `spare-${repository.name}`;
  try {
    const request = { repository, worktree, file, lockfiles, env, timeoutSeconds, name, isNeededHere: false };
    const brought = await bringDependencies(ports, { ...request, unapproved }, tell, signal);
    const refused = ofSetup.filter(({ content }) => isLeft(content));
    if (refused.length > 0) return { why: `nobody has approved ${refused.map(({ text }) => text).join(', ')}` };
    const fills = brought
      .filter(({ folder, how, missing = [] }) => folder === '' && how === 'reflink' && missing.length === 0)
      .map(({ tool }) => tool);
    const isMade = ({ command }: { readonly command: readonly string[] }): boolean =>
      fills.some((tool) => isReplaced(command, tool));
    const setup = { worktree, setup: installs, variables: env, timeoutSeconds, name, tell, isMade };
    const { ran } = await runSetup(ports, setup, signal);
    for (const project of dependencyProjects(lockfiles)) {
      const why = await ports.dependencies.unbind(worktree.path, project, signal);
      if (why !== undefined) return { why, isBound: true };
    }
    const why = ran > 0 ? undefined : brought.find(({ how, why }) => how === 'none' && why !== undefined)?.why;
    return why === undefined ? {} : { why };
  } catch (error) {
    if (signal.aborted || isAbort(error)) throw error;
    return { why: toAppError(error).message };
  }
}
