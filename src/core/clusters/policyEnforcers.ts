/** A daemon that runs on the nodes, as its DaemonSet says. */
export interface NodeDaemon {
  readonly name: string;
  readonly images: readonly string[];
  readonly args: readonly string[];
}

export interface NodeFacts {
  /** As the kubelet tells it: `v1.30.4+k3s1`. */
  readonly kubeletVersion: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Network plugins that enforce policies, by the names that their own manifests give to their DaemonSets. */
const enforcers =
  /^(?:calico-node|(?:rke2-)?canal|cilium|anetd|weave-net|kube-router|antrea-agent|ovnkube-node|ovn-cni|azure-npm|kube-network-policies|romana-agent)$/;
/** kind's own plugin enforces them since this build of it (kind 0.24). */
const kindnetSince = 20240813;

/**
 * Whether anything is known to enforce network policies: a plugin by its name, k3s by its nodes (it has a controller for them
 * in its own process, unless it was started without), EKS' and kind's plugins by how they are set up.
 */
export function enforcesPolicies(daemons: readonly NodeDaemon[], nodes: readonly NodeFacts[]): boolean {
  return daemons.some(isEnforcer) || nodes.some(isK3s);
}

function isEnforcer({ name, images, args }: NodeDaemon): boolean {
  if (name === 'aws-node') return args.includes('--enable-network-policy=true');
  if (name === 'kindnet') return images.some((image) => Number(/:v(\d{8})/.exec(image)?.[1] ?? 0) >= kindnetSince);
  return enforcers.test(name);
}

function isK3s({ kubeletVersion, annotations }: NodeFacts): boolean {
  return kubeletVersion.includes('+k3s') && !(annotations['k3s.io/node-args'] ?? '').includes('disable-network-policy');
}
