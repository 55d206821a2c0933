/** Usage over a window that ended at a moment. */
interface Measured {
  /** Milliseconds since the epoch. */
  at: number;
  windowMs: number;
}

interface Usage {
  cpuCores: number;
  memoryBytes: number;
}

/** What a pod's containers use. */
export interface PodMetrics extends Measured {
  namespace: string;
  name: string;
  labels: Readonly<Record<string, string>>;
  containers: readonly (Usage & { name: string })[];
}

/** What a node's processes use, those that are no pod's included. */
export interface NodeMetrics extends Measured, Usage {
  name: string;
  labels: Readonly<Record<string, string>>;
}

/** Where the metrics API has its figures from. Asked only when a client asks. May reject. */
export interface UsageSource {
  pods(): Promise<readonly PodMetrics[]>;
  /** The same without a wait: since somebody asked last, whenever that was, or since the start of what nobody has asked about yet. */
  podsAtOnce(): Promise<readonly PodMetrics[]>;
  nodes(): Promise<readonly NodeMetrics[]>;
}
