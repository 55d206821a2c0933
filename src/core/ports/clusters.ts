import type { KubeContext } from '../clusters/kubeContext';
import type { Disposable } from '../event';
import type { ClusterIdentity } from '../model';

/** The user's kubeconfigs: they are read, and never written. */
export interface KubeContexts {
  /**
   * Their contexts by name, each with a server. Files that are not there are passed over when another one is.
   *
   * @param kubeconfigs absolute paths; what several of them name counts as the first says, as for kubectl
   * @throws notConfigured when there is none, or one cannot be understood; denied when one cannot be read
   */
  list(kubeconfigs: readonly string[]): Promise<readonly KubeContext[]>;
}

/** A cluster that was chosen: what pins it, and the kubeconfigs whose context it is (none for the embedded one). */
export interface ChosenCluster {
  readonly identity: ClusterIdentity;
  /** Absolute paths. */
  readonly kubeconfigs: readonly string[];
}

/** What the user chose, for all repositories: in a place where nothing of a repository is. */
export interface ClusterChoices {
  /** What was chosen for a repository; undefined: nothing was. @throws failed when what was recorded cannot be understood */
  read(repositoryId: string): Promise<ChosenCluster | undefined>;
  /** Every cluster that ever was chosen: the person said yes to it. */
  allowed(): Promise<readonly ChosenCluster[]>;
  /** Records the choice of a repository, and that the cluster is allowed. One at a time is the caller's care. */
  choose(repositoryId: string, chosen: ChosenCluster): Promise<void>;
  /** Tells when anybody chooses, in another process too: once there is a place where choices are kept. Keeps no process alive. */
  watch(onChange: () => void): Disposable;
  /** Takes a cluster from those that are allowed, and from the repositories that had chosen it: it is gone. */
  forget(identity: ClusterIdentity): Promise<void>;
}
