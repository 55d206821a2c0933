import { traitsOf } from '../../../core/clusterTraits';
import type { ServiceSpec } from '../../../core/environmentFile';
import { infraAddresses } from '../../../core/infra';
import { leadsPodToItself } from '../../../core/leadsPodToItself';
import type { ClusterIdentity, Identity } from '../../../core/model';
import type { WorktreeValues } from '../../../core/ports/releases';
import { defaultSettings } from '../../../core/settings';
import type { Part, ValuesRun } from './part';
import { variablesOf, type TelemetrySettings } from './variables';

const shortestStartSeconds = defaultSettings['create.readyTimeout'];

export interface WorktreeValuesRun extends ValuesRun {
  readonly branch: string;
  /** The worktree's. */
  readonly folder: string;
  /** The same folder as the nodes see it; undefined: as this machine does. */
  readonly nodeFolder?: string | undefined;
  /** Images that were built, by service. */
  readonly images?: ReadonlyMap<string, string> | undefined;
}

/** What Helm gets for an environment: its services, and what each part has to say. */
export function worktreeValues(parts: readonly Part[], run: WorktreeValuesRun): WorktreeValues {
  const { identity, branch, folder, nodeFolder, file, settings, images } = run;
  const { names, owner } = identity;
  const seen = { ...settings, ...addressesOfPods(identity.cluster, settings) };
  const shared = variablesOf(parts, { identity, branch, settings: seen });
  const values: WorktreeValues = {
    worktree: {
      name: names.slug,
      branch,
      folder,
      ...(nodeFolder === undefined || nodeFolder === folder ? {} : { nodeFolder }),
      host: names.host,
      repositoryId: owner.repositoryId,
      worktreeId: owner.worktreeId,
    },
    services: file.services.map((service) => ({
      name: service.name,
      image: images?.get(service.name) ?? service.image ?? `coppice.local/${names.slug}/${service.name}`,
      command: service.command ?? [],
      port: service.port ?? null,
      routes: service.routes,
      env: { ...service.env, ...shared, ...serviceVariables(service, identity) },
      health: service.health ?? null,
      replicas: service.replicas,
      mount: service.mount,
    })),
    databaseSecret: null,
    ingressClass: null,
    // Whoever waits for less is in a hurry; that is no reason to end a service that starts slowly.
    startupSeconds: Math.max(shortestStartSeconds, Math.round(settings['create.readyTimeout'])),
  };
  return parts.reduce((sum, part) => ({ ...sum, ...part.values?.(run) }), values);
}

/** For a pod of a real cluster loopback is itself: what is not elsewhere is infra's. */
function addressesOfPods(cluster: ClusterIdentity, settings: TelemetrySettings): TelemetrySettings {
  if (traitsOf(cluster).podsSee === 'machine') return settings;
  const hostOf = (address: string): string => /^(?:[a-z+]+:\/\/)?(\[[^\]]*\]|[^:/]*)/i.exec(address)?.[1] ?? '';
  const or = (address: string, infra: string): string => (leadsPodToItself(hostOf(address)) ? infra : address);
  return {
    'telemetry.otlpEndpoint': or(settings['telemetry.otlpEndpoint'], infraAddresses.otlp),
    'temporal.address': or(settings['temporal.address'], infraAddresses.temporal),
  };
}

function serviceVariables(service: ServiceSpec, identity: Identity): Record<string, string> {
  const metrics = identity.parts.services?.metricsPorts[service.name];
  return {
    OTEL_SERVICE_NAME: service.name,
    ...(service.port === undefined ? {} : { PORT: String(service.port) }),
    ...(metrics === undefined ? {} : { METRICS_PORT: String(metrics) }),
  };
}
