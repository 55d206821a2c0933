import { clusterText, isSameCluster } from '../../core/clusters/clusterRules';
import { AppError } from '../../core/errors';
import type { ClusterIdentity, Identity } from '../../core/model';
import type { Identities } from '../../core/ports/worktrees';
import { notAllowed } from './clusterGuard';
import { clusterOptions, type ClusterOptionsPorts } from './clusterOptions';
import { readWorktrees } from '../worktrees/readWorktrees';
import { recordChoice, type RecordChoicePorts } from './recordChoice';
import type { UseCase } from '../run/run';

export interface ChooseClusterPorts extends ClusterOptionsPorts, RecordChoicePorts {
  readonly identities: Identities;
}

export interface ChooseClusterRequest {
  /** Any folder in the repository. */
  readonly folder: string;
  /** `embedded`, or the name of a context. */
  readonly name: string;
  /** The name once more, typed by a person, for one that looks like production. */
  readonly confirmed?: string | undefined;
}

export interface ChooseClusterResult {
  readonly cluster: ClusterIdentity;
  /** Environments of the repository that live in other clusters: there they stay, and there they go on running. */
  readonly elsewhere: readonly Identity[];
}

/**
 * Makes a cluster the one that a repository's environments run in, pinned by where its context leads now. Nothing in any
 * cluster is changed, and no cluster is asked anything.
 *
 * @throws notFound; denied for one that no setting allows; conflict for one that looks like production, until its name came along
 */
export function chooseCluster(ports: ChooseClusterPorts): UseCase<ChooseClusterRequest, ChooseClusterResult> {
  return async ({ folder, name, confirmed }, { signal }) => {
    const { repository, options, problem } = await clusterOptions(ports)(folder, signal);
    const option = options.find((one) => one.name === name);
    if (!option)
      throw (
        problem ??
        unknownCluster(
          name,
          options.map((one) => one.name),
        )
      );
    const { identity } = option.chosen;
    if (!option.isAllowed) throw notAllowed(identity);
    if (option.looksLikeProduction && confirmed !== name) throw looksLikeProduction(identity, name);
    // Its id is what the choice is known by: from now on it stays the same wherever the folder is moved to.
    const { id } = await ports.worktrees.recordRepository(repository);
    await recordChoice(ports)(id, option.chosen, signal);
    const known = await readWorktrees(ports, { ...repository, id }, signal);
    const elsewhere = known.flatMap(({ identity: environment }) =>
      environment?.owner.repositoryId === id && !isSameCluster(environment.cluster, identity) ? [environment] : [],
    );
    return { cluster: identity, elsewhere };
  };
}

function unknownCluster(name: string, known: readonly string[]): AppError {
  return new AppError(
    'notFound',
    `There is no cluster ${JSON.stringify(name)} to choose. There are: ${known.join(', ')}.`,
  );
}

function looksLikeProduction(identity: ClusterIdentity, name: string): AppError {
  return new AppError(
    'conflict',
    `${clusterText(identity)} looks like production: it is chosen only when its name is typed.`,
    {
      explanation: `On the command line: --confirm ${name}`,
    },
  );
}
