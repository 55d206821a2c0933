import type { SettingGroup } from '../settingRow';

export const clusterSettings: SettingGroup = {
  type: 'ClusterSettings',
  title: 'Cluster',
  keywords: ['kubernetes', 'k3d', 'kubectl', 'context', 'containers', 'images'],
  rows: [
    {
      key: 'cluster.default',
      type: 'string',
      default: 'embedded',
      description:
        'Where the environments of a repository run that has not chosen a cluster by [Choose Cluster…](command:coppice.chooseCluster): `embedded`, or the name of a context that was chosen for another repository before.',
    },
    {
      key: 'cluster.allowedContexts',
      type: 'list',
      default: [],
      description:
        'Contexts of your kubeconfig that Coppice may change although their clusters are not on this machine. Clusters of k3d, kind, minikube, Docker Desktop and Rancher Desktop on this machine need not be here; all others are only ever read. Which kubeconfig that is, `#coppice.cluster.kubeconfig#` says.',
    },
    {
      key: 'cluster.kubeconfig',
      type: 'string',
      default: '',
      description:
        'The kubeconfig whose contexts can be chosen; it is read, and never written. Empty: what `KUBECONFIG` names, else `~/.kube/config`.',
    },
    {
      key: 'cluster.mountedFolders',
      type: 'list',
      default: [],
      description:
        'Folders of this machine that the nodes of your cluster have, too, so that worktrees in them can be mounted: `/home/me/code`, or `/Users/me/code=/mnt/code` where the nodes have it under another path. Not needed for the embedded cluster, for one that the command Set Up Cluster made, and for one whose only node is this machine.',
    },
    {
      key: 'registry.push',
      type: 'string',
      default: '',
      description:
        'The registry that images of services are pushed to, as this machine sees it: `localhost:5000`, or `registry.example.com/team`. Empty: the one that a cluster made by Coppice has; a cluster that runs containers in the very Docker that builds needs none.',
      pattern:
        '^$|^(localhost|\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+|[A-Za-z0-9-]+(?=:))(:[0-9]{1,5})?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*$',
    },
    {
      key: 'registry.pull',
      type: 'string',
      default: '',
      description:
        'The registry of `#coppice.registry.push#` as the nodes of the cluster see it. Empty: under the same address.',
    },
    {
      key: 'ingress.class',
      type: 'string',
      default: '',
      description:
        "The class of the ingresses that Coppice makes in a real cluster, such as `traefik` or `nginx`. Empty: the cluster's default class.",
    },
    {
      key: 'ingress.gateway',
      type: 'string',
      default: '',
      description:
        "The Gateway, as `namespace/name`, that serves the URLs of environments in a cluster that you chose, by routes of the Gateway API (HTTPRoute). Empty: the cluster's ingress controller does; where it has no class of ingresses and one Gateway, that.",
      pattern: '^([a-z0-9]([-a-z0-9]*[a-z0-9])?/[a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$',
    },
    {
      key: 'ingress.port',
      type: 'integer',
      default: 0,
      description:
        'The port at which this machine reaches the ingress controller of a cluster that you chose; the URLs lead there. Zero: what the cluster says of it, else 80. A cluster of **Set Up Cluster…** knows its own.',
      minimum: 0,
      maximum: 65535,
    },
    {
      key: 'ingress.namespace',
      type: 'string',
      default: 'kube-system',
      description:
        'The namespace of the ingress controller of a cluster that you chose: network policies let it reach the services of an environment, and nobody else from outside of it. A cluster of **Set Up Cluster…** knows its own.',
      pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
    },
    {
      key: 'infra.values',
      type: 'string',
      default: '',
      description:
        'A YAML file with Helm values of your own for the infra of a cluster, as an absolute path: what is in it counts over what Coppice says. It can turn parts off, name addresses of your own, registries, images, storage classes and sizes; `charts/infra/values.yaml` of the extension says all that there is. Read when infra is set up.',
    },
  ],
};
