// Written by "npm run manifest" from manifest/settings: change it there.

/** Cluster: the keys are those of VS Code without the prefix `coppice.`. */
export interface ClusterSettings {
  /**
   * Where the environments of a repository run that has not chosen a cluster by Choose Cluster…: `embedded`, or the
   * name of a context that was chosen for another repository before.
   */
  readonly 'cluster.default': string;
  /**
   * Contexts of your kubeconfig that Coppice may change although their clusters are not on this machine. Clusters of
   * k3d, kind, minikube, Docker Desktop and Rancher Desktop on this machine need not be here; all others are only
   * ever read. Which kubeconfig that is, `coppice.cluster.kubeconfig` says.
   */
  readonly 'cluster.allowedContexts': readonly string[];
  /**
   * The kubeconfig whose contexts can be chosen; it is read, and never written. Empty: what `KUBECONFIG` names, else
   * `~/.kube/config`.
   */
  readonly 'cluster.kubeconfig': string;
  /**
   * Folders of this machine that the nodes of your cluster have, too, so that worktrees in them can be mounted:
   * `/home/me/code`, or `/Users/me/code=/mnt/code` where the nodes have it under another path. Not needed for the
   * embedded cluster, for one that the command Set Up Cluster made, and for one whose only node is this machine.
   */
  readonly 'cluster.mountedFolders': readonly string[];
  /**
   * The registry that images of services are pushed to, as this machine sees it: `localhost:5000`, or
   * `registry.example.com/team`. Empty: the one that a cluster made by Coppice has; a cluster that runs containers in
   * the very Docker that builds needs none.
   */
  readonly 'registry.push': string;
  /** The registry of `coppice.registry.push` as the nodes of the cluster see it. Empty: under the same address. */
  readonly 'registry.pull': string;
  /**
   * The class of the ingresses that Coppice makes in a real cluster, such as `traefik` or `nginx`. Empty: the
   * cluster's default class.
   */
  readonly 'ingress.class': string;
  /**
   * The Gateway, as `namespace/name`, that serves the URLs of environments in a cluster that you chose, by routes of
   * the Gateway API (HTTPRoute). Empty: the cluster's ingress controller does; where it has no class of ingresses and
   * one Gateway, that.
   */
  readonly 'ingress.gateway': string;
  /**
   * The port at which this machine reaches the ingress controller of a cluster that you chose; the URLs lead there.
   * Zero: what the cluster says of it, else 80. A cluster of **Set Up Cluster…** knows its own.
   */
  readonly 'ingress.port': number;
  /**
   * The namespace of the ingress controller of a cluster that you chose: network policies let it reach the services
   * of an environment, and nobody else from outside of it. A cluster of **Set Up Cluster…** knows its own.
   */
  readonly 'ingress.namespace': string;
  /**
   * A YAML file with Helm values of your own for the infra of a cluster, as an absolute path: what is in it counts
   * over what Coppice says. It can turn parts off, name addresses of your own, registries, images, storage classes
   * and sizes; `charts/infra/values.yaml` of the extension says all that there is. Read when infra is set up.
   */
  readonly 'infra.values': string;
}
