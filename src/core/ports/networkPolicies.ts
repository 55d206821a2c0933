/** Whether a cluster does what its network policies say. */
export interface NetworkPolicies {
  /**
   * Looks for what is known to enforce them. `unenforced`: nothing of the kind is installed; `unknown`: it may not be looked at.
   * What is found may be set up to enforce nothing, and what enforces them outside of the cluster's own objects is not seen.
   */
  enforcement(signal?: AbortSignal): Promise<'enforced' | 'unenforced' | 'unknown'>;
}
