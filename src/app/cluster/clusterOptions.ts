import { clusterContext } from '@coppice/cluster/contract';
import {
  clusterName,
  identityOf,
  isLocalCluster,
  isSameCluster,
  looksLikeProduction,
} from '../../core/clusters/clusterRules';
import { isAppError, type AppError } from '../../core/errors';
import type { KubeContext } from '../../core/clusters/kubeContext';
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
  /** Absolute path of the one that the embedded cluster writes. */
  readonly embeddedKubeconfig: string;
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
  const isEmbedded = await embeddedTest(ports);
  return contexts
    .filter((context) => context.name !== embeddedOption.name && !isEmbedded(context))
    .map((context) => ({
      name: context.name,
      chosen: { identity: identityOf(context, 'context'), kubeconfigs },
      isAllowed: isLocalCluster(context) || allowed.includes(context.name),
      looksLikeProduction: looksLikeProduction(context),
    }));
}

/**
 * Whether a context is another way to the embedded cluster, as with its kubeconfig in KUBECONFIG: what runs there has the rights of
 * whoever uses it, and as a context it would count as a cluster whose pods are containers. Its authority is of its own, whatever
 * the context is called.
 */
async function embeddedTest({
  contexts,
  embeddedKubeconfig,
}: ClusterOptionsPorts): Promise<(context: KubeContext) => boolean> {
  const own = await contexts.list([embeddedKubeconfig]).catch((error: unknown) => {
    // It is written with the first start.
    if (!isAppError(error, 'notConfigured')) throw error;
    return [];
  });
  const authorities = new Set(own.flatMap(({ caSha256 }) => caSha256 ?? []));
  return ({ name, caSha256 }) => name === clusterContext || (caSha256 !== undefined && authorities.has(caSha256));
}

export function isCurrent({ chosen }: ClusterOption, current: ClusterIdentity | undefined): boolean {
  return (
    current !== undefined && chosen.identity.context === current.context && isSameCluster(chosen.identity, current)
  );
}
