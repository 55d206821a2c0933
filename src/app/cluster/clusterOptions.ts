import { clusterName, identityOf, isLocalCluster, isSameCluster, looksLikeProduction } from '../../core/clusterRules';
import { isAppError, type AppError } from '../../core/errors';
import type { ClusterIdentity, Repository } from '../../core/model';
import type { ChosenCluster, KubeContexts } from '../../core/ports/clusters';
import type { LocalClusterRecords } from '../../core/ports/localClusters';
import type { Worktrees } from '../../core/ports/worktrees';
import type { Settings } from '../../core/settings';
import { chosenCluster, embeddedCluster, type ChoicePorts } from './chosenCluster';

export interface ClusterOptionsPorts extends ChoicePorts {
  readonly worktrees: Worktrees;
  readonly contexts: KubeContexts;
  /** Clusters that Coppice made on this machine. */
  readonly localRecords: Pick<LocalClusterRecords, 'all'>;
  /** Absolute paths of the kubeconfigs whose contexts can be chosen. */
  readonly kubeconfigs: () => readonly string[];
  readonly settings: () => Pick<Settings, 'cluster.default' | 'cluster.allowedContexts'>;
}

/** A cluster that a repository could use. */
export interface ClusterOption {
  /** `embedded`, or the context's name. */
  readonly name: string;
  readonly chosen: ChosenCluster;
  /** Whether it may be chosen as settings are now. */
  readonly isAllowed: boolean;
  /** Whether its name has to be typed to choose it. */
  readonly looksLikeProduction: boolean;
}

export interface ClusterOptions {
  readonly repository: Repository;
  /** undefined: nobody can tell, `problem` says why. */
  readonly current: ClusterIdentity | undefined;
  readonly options: readonly ClusterOption[];
  /** Why there may be more: the kubeconfig cannot be read, or what was chosen is not known. */
  readonly problem: AppError | undefined;
}

/** What a repository can choose from: the embedded cluster, those that Coppice made, and the user's contexts. Changes nothing. */
export function clusterOptions(
  ports: ClusterOptionsPorts,
): (folder: string, signal: AbortSignal) => Promise<ClusterOptions> {
  return async (folder, signal) => {
    const repository = await ports.worktrees.repository(folder, signal);
    const problems: AppError[] = [];
    const tolerant = async <T>(reading: Promise<T>, otherwise: T): Promise<T> =>
      reading.catch((error: unknown) => {
        if (!isAppError(error)) throw error;
        problems.push(error);
        return otherwise;
      });
    const [current, made, ofUser] = await Promise.all([
      tolerant<ChosenCluster | undefined>(chosenCluster(ports, repository.id), undefined),
      tolerant(ownClusters(ports), []),
      tolerant(userContexts(ports), []),
    ]);
    const known = new Set(made.map(({ name }) => name));
    const options = [embeddedOption, ...made, ...ofUser.filter(({ name }) => !known.has(name))];
    return { repository, current: current?.identity, options, problem: problems[0] };
  };
}

const embeddedOption: ClusterOption = {
  name: clusterName(embeddedCluster.identity),
  chosen: embeddedCluster,
  isAllowed: true,
  looksLikeProduction: false,
};

async function ownClusters({ localRecords }: ClusterOptionsPorts): Promise<ClusterOption[]> {
  return (await localRecords.all()).flatMap(({ access }) => {
    if (!access) return [];
    const { identity, kubeconfig } = access;
    const chosen = { identity, kubeconfigs: [kubeconfig] };
    return [{ name: identity.context, chosen, isAllowed: true, looksLikeProduction: false }];
  });
}

async function userContexts(ports: ClusterOptionsPorts): Promise<ClusterOption[]> {
  const kubeconfigs = ports.kubeconfigs();
  const allowed = ports.settings()['cluster.allowedContexts'];
  const contexts = await ports.contexts.list(kubeconfigs);
  return contexts
    .filter(({ name }) => name !== embeddedOption.name)
    .map((context) => ({
      name: context.name,
      chosen: { identity: identityOf(context, 'context'), kubeconfigs },
      isAllowed: isLocalCluster(context) || allowed.includes(context.name),
      looksLikeProduction: looksLikeProduction(context),
    }));
}

export function isCurrent({ chosen }: ClusterOption, current: ClusterIdentity | undefined): boolean {
  return (
    current !== undefined && chosen.identity.context === current.context && isSameCluster(chosen.identity, current)
  );
}
