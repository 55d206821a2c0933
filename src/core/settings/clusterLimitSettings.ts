// Written by "npm run manifest" from manifest/settings: change it there.

/** Limits in a Cluster: the keys are those of VS Code without the prefix `coppice.`. */
export interface ClusterLimitSettings {
  /**
   * Whether the namespace of an environment in a real cluster gets a quota, so that no environment takes what the
   * others need.
   */
  readonly 'quota.enabled': boolean;
  /**
   * The most pods that one environment may have in a real cluster. While a service is restarted it has up to three:
   * the old one, the new one, and one that is ending. Part of the quota of `coppice.quota.enabled`.
   */
  readonly 'quota.pods': number;
  /**
   * The most processor time that all containers of one environment may ask for together, as Kubernetes writes it: `4`
   * or `500m`. Part of the quota of `coppice.quota.enabled`.
   */
  readonly 'quota.cpu': string;
  /**
   * The most memory that all containers of one environment may use together, as Kubernetes writes it: the sum of
   * their limits, of which little is used at a time. Part of the quota of `coppice.quota.enabled`.
   */
  readonly 'quota.memory': string;
  /**
   * The most memory that one container of an environment may use that says nothing of its own; one that uses more is
   * ended (`OOMKilled`).
   */
  readonly 'quota.containerMemory': string;
}
