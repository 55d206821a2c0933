import { createServer } from 'node:https';
import type { Cluster } from '@ngrok/webernetes';
import { keepDefaultAccounts } from '../lifecycle/defaultAccounts';
import { collectDependents } from '../lifecycle/dependents';
import { expireEvents } from '../lifecycle/eventExpiry';
import { terminateNamespaces } from '../lifecycle/namespaceTermination';
import type { ObjectStore } from '../store/objectStore';
import { ObjectWrites } from '../patch/objectWrites';
import type { PodAccess } from '../streams/podAccess';
import type { PodLogs } from '../streams/podLogs';
import { PodUpgrades } from '../streams/podUpgrades';
import { answerRequest } from './answerRequest';
import { answerUpgrade } from './answerUpgrade';
import type { HistorySource, MetricsSource } from './call';

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
  /** Without it there is neither a metrics API nor `/metrics`. */
  metrics?: MetricsSource;
  /** Without it there is neither exec nor port-forward. */
  access?: PodAccess;
  /** Why what is stored now would not outlive this process; undefined: it would. Without it nobody can say. */
  stateTrouble?: () => Promise<string | undefined>;
  /** When each namespace was last used: milliseconds since the epoch. Without it nobody can say. */
  visits?: () => ReadonlyMap<string, number>;
  /** Without it nobody can say what was. */
  history?: HistorySource;
  /** Hears of what went wrong on our side; such requests are answered with 500. */
  onError?: (error: unknown) => void;
  /** Hears of every stage that a request enters, by its name: for tests. */
  onStage?: (name: string) => void;
}

export interface ApiServer {
  port: number;
  /** Ends open watches, logs and connections into pods, and stops listening. */
  close(): Promise<void>;
}

/**
 * Serves the Kubernetes API over HTTPS on loopback, and does what a cluster does by itself with what is stored: namespaces
 * that are deleted become empty and go, events expire. Rejects when the port is taken.
 */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { objects, logs, token, tls, host, onError = () => undefined } = options;
  const writes = new ObjectWrites(objects);
  const context = {
    objects,
    writes,
    logs,
    token,
    onError,
    ...(options.metrics ? { metrics: options.metrics } : {}),
    onStage: options.onStage,
    ...(options.stateTrouble ? { stateTrouble: options.stateTrouble } : {}),
    ...(options.visits ? { visits: options.visits } : {}),
    ...(options.history ? { history: options.history } : {}),
  };
  const server = createServer({ key: tls.key, cert: tls.cert, ALPNProtocols: ['http/1.1'] }, (request, response) => {
    void answerRequest(context, request, response);
  });
  const upgrades = new PodUpgrades({ objects, logs, onError, access: options.access });
  server.on('upgrade', (request, connection, head) => {
    void answerUpgrade(context, upgrades, request, connection, head);
  });
  // A watch may be silent for longer than any default allows.
  server.requestTimeout = 0;
  server.headersTimeout = 30_000;
  const stops = [terminateNamespaces, collectDependents, keepDefaultAccounts, expireEvents].map((begin) =>
    begin(objects, onError),
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : options.port);
    });
  }).catch((error: unknown) => {
    for (const stop of stops) stop();
    throw error;
  });
  return {
    port,
    close: async () => {
      for (const stop of stops) stop();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        upgrades.close();
      });
    },
  };
}
