import { traitsOf } from '../../../core/clusterTraits';
import type { EnvironmentFile, ServiceSpec } from '../../../core/environmentFile';
import { databaseSecret } from '../../../core/databaseSecret';
import { infraAddresses } from '../../../core/infra';
import { leadsPodToItself } from '../../../core/leadsPodToItself';
import type { ClusterIdentity, Identity } from '../../../core/model';
import type { WorktreeValues } from '../../../core/ports/releases';
import { defaultSettings, type Settings } from '../../../core/settings';
import { namespaceGuard, type GuardSettings } from './namespaceGuard';

const shortestStartSeconds = defaultSettings['create.readyTimeout'];

export type TelemetrySettings = Pick<Settings, 'telemetry.otlpEndpoint' | 'temporal.address'>;

/** Variables that everything in an environment sees: its services, and the terminals of its window. */
export function environmentVariables(
  identity: Identity,
  branch: string,
  settings: TelemetrySettings,
): Record<string, string> {
  return {
    WORKTREE_NAME: identity.names.slug,
    WORKTREE_BRANCH: branch,
    OTEL_EXPORTER_OTLP_ENDPOINT: settings['telemetry.otlpEndpoint'],
    OTEL_RESOURCE_ATTRIBUTES: resourceAttributes({
      'k8s.namespace.name': identity.names.namespace,
      'coppice.worktree': identity.names.slug,
      'coppice.branch': branch,
    }),
    TEMPORAL_ADDRESS: settings['temporal.address'],
    ...(identity.parts.temporal ? { TEMPORAL_NAMESPACE: identity.parts.temporal.namespace } : {}),
  };
}

/** What is known of an environment's pods besides the environment file. */
export interface PodValues {
  /** Images that were built, by service. */
  readonly images: ReadonlyMap<string, string>;
  /** The worktree's folder as the nodes see it; undefined: as this machine does. */
  readonly nodeFolder: string | undefined;
}

/** What Helm gets for an environment. */
export function worktreeValues(
  identity: Identity,
  branch: string,
  folder: string,
  file: EnvironmentFile,
  settings: TelemetrySettings & GuardSettings & Pick<Settings, 'ingress.class' | 'create.readyTimeout'>,
  pods: PodValues = { images: new Map(), nodeFolder: undefined },
): WorktreeValues {
  const { hasGateway, runsImages } = traitsOf(identity.cluster);
  const shared = environmentVariables(identity, branch, addressesOfPods(identity.cluster, settings));
  return {
    worktree: {
      name: identity.names.slug,
      branch,
      folder,
      ...(pods.nodeFolder === undefined || pods.nodeFolder === folder ? {} : { nodeFolder: pods.nodeFolder }),
      host: identity.names.host,
      repositoryId: identity.owner.repositoryId,
      worktreeId: identity.owner.worktreeId,
    },
    services: file.services.map((service) => ({
      name: service.name,
      image: pods.images.get(service.name) ?? service.image ?? `coppice.local/${identity.names.slug}/${service.name}`,
      command: service.command ?? [],
      port: service.port ?? null,
      routes: service.routes,
      env: { ...service.env, ...shared, ...serviceVariables(service, identity) },
      health: service.health ?? null,
      replicas: service.replicas,
      mount: service.mount,
    })),
    databaseSecret: file.database ? databaseSecret : null,
    ingressClass: (hasGateway ? '' : settings['ingress.class']) || null,
    ...(runsImages ? {} : { embedded: true }),
    // Whoever waits for less is in a hurry; that is no reason to end a service that starts slowly.
    startupSeconds: Math.max(shortestStartSeconds, Math.round(settings['create.readyTimeout'])),
    ...namespaceGuard(identity.cluster, settings),
  };
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

/** Values are percent-encoded outside of baggage-octets, as the OpenTelemetry resource specification asks. */
function resourceAttributes(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
    .join(',');
}
