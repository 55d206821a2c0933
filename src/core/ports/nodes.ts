/** The machines of a cluster. */
export interface Nodes {
  /** @throws denied where this user may not see them, unreachable */
  list(signal?: AbortSignal): Promise<readonly ClusterNode[]>;
}

/** What a node says of itself. */
export interface ClusterNode {
  readonly name: string;
  readonly hostName: string;
  /** `docker://20.10.24`, `containerd://1.7.2`. */
  readonly runtime: string;
  readonly kernel: string;
  readonly machineId: string;
  /** Another one after each start of the machine. */
  readonly bootId: string;
}

/** This machine, as a node that runs on it would tell of it. */
export interface ThisMachine {
  /** undefined where there is no telling. */
  identity(): Promise<{ readonly machineId: string; readonly bootId: string } | undefined>;
}
