import type { Cluster } from '@ngrok/webernetes';
import type { ObjectStore } from './objectStore';
import type { PodLogs } from './podLogs';

export interface ApiServerOptions {
  cluster: Cluster;
  objects: ObjectStore;
  logs: PodLogs;
  /** The bearer token of the one user, who may do everything. */
  token: string;
  tls: { key: string; cert: string };
  host: '127.0.0.1';
  /** 0 lets the system choose one. */
  port: number;
  /** What `kubectl top pods` shows; without it there is no metrics API. */
  podMetrics?: () => Promise<readonly PodMetrics[]>;
}

export interface PodMetrics {
  namespace: string;
  name: string;
  containers: readonly { name: string; cpuCores: number; memoryBytes: number }[];
}

export interface ApiServer {
  port: number;
  /** Ends open watches and logs and stops listening. */
  close(): Promise<void>;
}

/** Serves the Kubernetes API over HTTPS on loopback. Rejects when the port is taken. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  throw new Error(`not yet: ${options.port}`);
}
