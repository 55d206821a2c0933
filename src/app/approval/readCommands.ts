import type { EnvironmentFile } from '../../core/environmentFile';
import { AppError } from '../../core/errors';
import type { ClusterIdentity, Repository } from '../../core/model';
import type { FilesAt, Worktrees } from '../../core/ports/worktrees';
import { dependencyProjects, installPlaces, installsByItself } from '../../core/dependencies/dependencyProjects';
import { installCommand, repositoryCommands, type RepositoryCommand } from '../../core/repositoryCommands';

interface CommandsPorts {
  readonly worktrees: Pick<Worktrees, 'filesDigest'>;
  readonly cluster: { readonly identity: ClusterIdentity };
}

/**
 * What a file runs here, with the content of the chart that it names, wherever that is installed.
 *
 * @param at where the file was read, and its chart will be
 * @param lockfiles of all projects there
 * @throws notConfigured when the chart is not there, invalidInput when its content cannot be told
 */
export async function readCommands(
  { worktrees, cluster }: CommandsPorts,
  repository: Repository,
  file: EnvironmentFile,
  at: FilesAt,
  lockfiles: readonly string[],
  signal: AbortSignal,
): Promise<readonly RepositoryCommand[]> {
  const { chart } = file;
  const installs = installsOf(file, lockfiles);
  if (chart === undefined) return [...installs, ...repositoryCommands(file, cluster.identity)];
  const digest = await worktrees.filesDigest(repository, at, chart, signal);
  if (digest === undefined) {
    const where = 'commit' in at ? at.commit.slice(0, 7) : at.folder;
    throw new AppError('notConfigured', `The folder of the chart, ${chart}, is not in ${where}, or is empty.`);
  }
  return [...installs, ...repositoryCommands(file, cluster.identity, digest)];
}

/** What installs dependencies where they cannot be brought: it runs scripts of the repository and of what it depends on. */
function installsOf(file: EnvironmentFile, lockfiles: readonly string[]): readonly RepositoryCommand[] {
  if (!installsByItself(file)) return [];
  const places = installPlaces(file);
  return dependencyProjects(lockfiles).flatMap((project) =>
    places.includes(project.folder) ? (installCommand(project) ?? []) : [],
  );
}
