import { hasInfraDatabases, recordedInfra, type InfraReader } from '../app/infra/recordedInfra';
import { traitsOf } from '../core/clusterTraits';
import { AppError, isAppError } from '../core/errors';
import {
  infraAddresses,
  infraDatabaseUser,
  infraNamespace,
  infraOwner,
  infraSecrets,
  type InfraPart,
} from '../core/clusters/infra';
import { join } from 'node:path';
import type { PostgresServer } from '../adapters/postgres/postgresServer';
import type { TemporalNamespaces } from '../core/ports/temporalNamespaces';
import type { TemporalWorkflows } from '../core/ports/temporalWorkflows';
import type { PortForward } from '../core/ports/workloads';
import type { Settings } from '../core/settings';
import type { ClusterConnections } from './connectTo';
import { once } from './once';
import type { Machine } from './wireMachine';

const ports: Partial<Record<InfraPart, number>> = { grafana: 3000, prometheus: 9090, loki: 3100, jaeger: 16686 };

function unlessAppError(error: unknown): undefined {
  if (!isAppError(error)) throw error;
}

/** A database server, and where pods find it: '' is where this machine does. */
export interface ServerAddress {
  readonly server: PostgresServer;
  readonly podAddress: string;
}

export type InfraAccess = ReturnType<typeof infraAccess>;

/** Ports of this machine that lead to infra: one for each of its services and cluster, kept for as long as the process lives. */
export function infraAccess() {
  const forwards = new Map<string, Promise<PortForward>>();
  const forward = (at: ClusterConnections, service: string, port: number): Promise<PortForward> => {
    const key = `${JSON.stringify(at.chosen)} ${service}`;
    const made = forwards.get(key) ?? open(at, service, port);
    forwards.set(key, made);
    made.catch(() => forwards.delete(key));
    return made;
  };
  const open = async (at: ClusterConnections, service: string, port: number) =>
    (await at.workloads()).forward(infraNamespace, service, { port, keepsAlive: false }, infraOwner);

  return {
    /** For one use case: it is asked once, and everything in it decides by the same answer. */
    reader: (at: ClusterConnections): InfraReader =>
      once(async () => (await at.cluster()).readNamespace(infraNamespace)),
    /** Infra's PostgreSQL; undefined where it has none. */
    async databaseServer(
      at: ClusterConnections,
      settings: Settings,
      reader: InfraReader,
    ): Promise<ServerAddress | undefined> {
      if (!(await hasInfraDatabases(reader, at.identity, settings))) return undefined;
      const cluster = await at.cluster();
      const { ForwardedServer } = await import('../adapters/postgres/forwardedServer');
      const server = new ForwardedServer({
        user: infraDatabaseUser,
        open: async (signal) => {
          const secret = await cluster.readSecret(infraNamespace, infraSecrets.postgresql, signal);
          const password = secret?.['password'];
          if (password === undefined)
            throw new AppError('notFound', `Infra has no PostgreSQL: there is no secret ${infraSecrets.postgresql}.`);
          const { localPort } = await forward(at, 'postgresql', 5432);
          return { localPort, password };
        },
      });
      return { server, podAddress: settings['postgres.podAddress'] || infraAddresses.postgresql };
    },
    /** Infra's Temporal, for namespaces: opened when it is first asked for. */
    temporalNamespaces: async (
      at: ClusterConnections,
      { home, settings, env }: Pick<Machine, 'home' | 'settings' | 'env'>,
    ): Promise<TemporalNamespaces> => {
      const { ForwardedTemporal } = await import('../adapters/temporal/forwardedTemporal');
      const open = () => forward(at, 'temporal-frontend', 7233);
      return new ForwardedTemporal({
        folder: join(home, 'temporal'),
        name: infraAddresses.temporal,
        settings,
        env,
        open,
        isRemoved: async (signal) => (await (await at.cluster()).readNamespace(infraNamespace, signal)) === undefined,
      });
    },
    /** Its workflows, for as long as this process lives. */
    temporalWorkflows: async (
      at: ClusterConnections,
      { home, settings }: Pick<Machine, 'home' | 'settings'>,
    ): Promise<TemporalWorkflows> => {
      const { TemporalWeb } = await import('../adapters/temporal/temporalWeb');
      const open = () => forward(at, 'temporal-ui', 8080);
      return new TemporalWeb({ home, settings, forwarded: { name: infraAddresses.temporal, open } });
    },
    /**
     * Where this machine reaches those parts of infra that have pages or answer queries. Starts no cluster; empty where it is away.
     * @param only these; undefined: all
     */
    async addresses(
      at: ClusterConnections,
      signal: AbortSignal,
      only?: readonly InfraPart[],
    ): Promise<Partial<Record<InfraPart, string>>> {
      if (!traitsOf(at.identity).hasInfra) return {};
      try {
        const cluster = await at.cluster();
        const recorded = (await cluster.probe(signal)) && (await recordedInfra(cluster, signal));
        const parts = (recorded?.parts ?? []).filter((part) => !only || only.includes(part));
        const open = async (part: InfraPart): Promise<[InfraPart, string][]> => {
          const port = ports[part];
          if (port === undefined) return [];
          // One that is somebody else's, by a file of the person's own, has no service here.
          const made = await forward(at, part, port).catch(unlessAppError);
          return made ? [[part, `http://127.0.0.1:${made.localPort}`]] : [];
        };
        return Object.fromEntries((await Promise.all(parts.map(open))).flat());
      } catch (error) {
        unlessAppError(error);
        return {};
      }
    },
  };
}
