import { infraStatus } from '../app/infra/infraStatus';
import { infraContents, removeInfra } from '../app/infra/removeInfra';
import { hasInfraDatabases, recordedInfra } from '../app/infra/recordedInfra';
import { setUpInfra, type InfraPorts } from '../app/infra/setUpInfra';
import { AppError, isAppError } from '../core/errors';
import {
  infraAddresses,
  infraDatabaseUser,
  infraNamespace,
  infraOwner,
  infraSecrets,
  type InfraPart,
} from '../core/infra';
import type { Databases } from '../core/ports/databases';
import type { Clock, Locks } from '../core/ports/host';
import type { PortForward } from '../core/ports/workloads';
import type { Settings } from '../core/settings';
import type { ClusterConnections } from './clusterConnections';
import { late } from './late';

export interface InfraParts {
  readonly clock: Clock;
  readonly settings: () => Settings;
  readonly git: () => Promise<{ readonly locks: Locks }>;
  /** The cluster of the repository that a folder is in. */
  readonly clusterAt: (folder: string) => Promise<ClusterConnections>;
}

/** What all environments of a cluster share: made, seen, removed, and reached from this machine. */
export function infraUseCases({ clock, settings, git, clusterAt }: InfraParts) {
  const ports = async ({ folder }: { readonly folder: string }): Promise<InfraPorts> => {
    const at = await clusterAt(folder);
    const [{ locks }, cluster, releases, infra] = await Promise.all([git(), at.cluster(), at.releases(), at.infra()]);
    return { cluster, releases, infra, locks, clock, settings };
  };
  return {
    setUpInfra: late(ports, setUpInfra),
    infraStatus: late(ports, infraStatus),
    infraContents: late(ports, infraContents),
    removeInfra: late(ports, removeInfra),
    /** Of Grafana's administrator; undefined: infra has no Grafana of its own. */
    async grafanaPassword(folder: string, signal: AbortSignal): Promise<string | undefined> {
      const { cluster } = await ports({ folder });
      return (await cluster.readSecret(infraNamespace, infraSecrets.grafana, signal))?.['password'];
    },
  };
}

const ports: Partial<Record<InfraPart, number>> = { grafana: 3000, prometheus: 9090, loki: 3100, jaeger: 16686 };

function unlessAppError(error: unknown): undefined {
  if (!isAppError(error)) throw error;
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
    /** The databases of infra's PostgreSQL; undefined where it has none. */
    async databases(at: ClusterConnections, settings: Settings): Promise<Databases | undefined> {
      const cluster = await at.cluster();
      if (!(await hasInfraDatabases(cluster, settings, AbortSignal.timeout(15_000)))) return undefined;
      const [{ PostgresDatabases }, { ForwardedServer }] = await Promise.all([
        import('../adapters/postgres/postgresDatabases'),
        import('../adapters/postgres/forwardedServer'),
      ]);
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
      return new PostgresDatabases({
        server,
        podAddress: settings['postgres.podAddress'] || infraAddresses.postgresql,
      });
    },
    /** Where this machine reaches those parts of infra that have pages or answer queries. Starts no cluster; empty where it is away. */
    async addresses(at: ClusterConnections, signal: AbortSignal): Promise<Partial<Record<InfraPart, string>>> {
      if (at.identity.kind === 'embedded') return {};
      try {
        const cluster = await at.cluster();
        const recorded = (await cluster.probe(signal)) && (await recordedInfra(cluster, signal));
        const open = async (part: InfraPart): Promise<[InfraPart, string][]> => {
          const port = ports[part];
          if (port === undefined) return [];
          // One that is somebody else's, by a file of the person's own, has no service here.
          const made = await forward(at, part, port).catch(unlessAppError);
          return made ? [[part, `http://127.0.0.1:${made.localPort}`]] : [];
        };
        return Object.fromEntries((await Promise.all((recorded?.parts ?? []).map(open))).flat());
      } catch (error) {
        unlessAppError(error);
        return {};
      }
    },
  };
}
