import { traitsOf } from '../../../core/clusterTraits';
import type { EnvironmentFile } from '../../../core/environmentFile';
import { withUses } from '../../../core/uses/withUses';
import type { LocalProgram } from '../../../core/usedTool';
import type { CreatePorts } from '../createPorts';

/**
 * The file with what it uses among its services. Where pods are processes of this machine, with the programs that run them: one that is
 * missing is found out before anything is made.
 *
 * @param worktrees folders of the repository
 * @throws missingTool
 */
export async function withUsedServices(
  { uses, cluster }: Pick<CreatePorts, 'uses' | 'cluster'>,
  file: EnvironmentFile,
  worktrees: readonly string[],
): Promise<EnvironmentFile> {
  if (traitsOf(cluster.identity).runsImages) return withUses(file, undefined);
  const programs = new Map<string, LocalProgram>();
  for (const { name, tool } of file.uses ?? []) programs.set(name, await uses.find(name, tool, worktrees));
  return withUses(file, programs);
}
