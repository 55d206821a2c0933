/** What environments use, as their cluster tells it. */
export interface Usages {
  /**
   * What the pods of environments use now, by namespace: those that run. One request; starts no cluster.
   *
   * @returns why this cluster does not tell, in a line that a person can act on
   * @throws unreachable when it does not answer
   */
  read(signal: AbortSignal): Promise<ReadonlyMap<string, EnvironmentUsage> | string>;
}

export interface EnvironmentUsage {
  /** The mean over a window that the cluster chooses: 0.5 is half of a processor. */
  readonly cpuCores: number;
  readonly memoryBytes: number;
}
