import { gatewayPortReference } from '@coppice/cluster/contract';
import { traitsOf } from '../../../core/clusterTraits';
import { envFilesSecret } from '../../../core/variables/envFilesSecret';
import type { DatabaseSpec, ServiceSpec } from '../../../core/environmentFile';
import { infraAddresses } from '../../../core/clusters/infra';
import { leadsPodToItself } from '../../../core/services/leadsPodToItself';
import type { ClusterIdentity, Identity } from '../../../core/model';
import type { WorktreeValues } from '../../../core/ports/releases';
import { defaultSettings } from '../../../core/settings';
import type { FileVariables } from './envFilesPart';
import type { Part, ValuesRun } from './part';
import { usedServiceValues } from './usedServiceValues';
import type { UsedState } from './usesPart';
import { podVariablesOf, portText, variablesOf, type TelemetrySettings } from './variables';

const shortestStartSeconds = defaultSettings['create.readyTimeout'];
/** One that is ended while it starts begins anew each time, for ever: a create says that it is slow, and it goes on. */
const timesOfCreate = 10;

export interface WorktreeValuesRun extends ValuesRun {
  readonly branch: string;
  /** The worktree's. */
  readonly folder: string;
  /** The main worktree's. */
  readonly mainFolder: string;
  /** The port of all URLs; undefined: the scheme's own. */
  readonly urlPort: number | undefined;
  /** The same folder as the nodes see it; undefined: as this machine does. */
  readonly nodeFolder?: string | undefined;
  /** What dotenv files say, by service. */
  readonly envFiles?: ReadonlyMap<string, FileVariables> | undefined;
  /** Where the services that it uses have their data; undefined: it uses none. */
  readonly uses?: UsedState | undefined;
  /** What serves the URLs; undefined: ingresses do. */
  readonly gateway?: WorktreeValues['gateway'];
  /** What takes prefixes away; undefined: no service asks for that. */
  readonly stripsPrefixes?: WorktreeValues['stripsPrefixes'];
  /** Images that were built, by service. */
  readonly images?: ReadonlyMap<string, string> | undefined;
}

/** What Helm gets for an environment: its services, and what each part has to say. */
export function worktreeValues(parts: readonly Part[], run: WorktreeValuesRun): WorktreeValues {
  const { identity, branch, folder, nodeFolder, file, settings, mainFolder } = run;
  const { names, owner } = identity;
  const { hasGateway } = traitsOf(identity.cluster);
  const seen = { ...settings, ...addressesOfPods(identity.cluster, settings) };
  // A gateway of our own that comes back at another port says so itself.
  const urlPort = hasGateway ? gatewayPortReference : portText(run.urlPort);
  const told = { identity, branch, settings: seen, mainFolder, urlPort };
  const shared = { ...variablesOf(parts, told), ...podVariablesOf(parts, told) };
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
    services: file.services.map((service) =>
      service.uses && run.uses
        ? usedServiceValues({ ...service, uses: service.uses }, identity, run.uses)
        : ownServiceValues(toldUrl(service, file.database), run, shared),
    ),
    databaseSecret: null,
    ingressClass: null,
    ...(run.gateway === undefined ? {} : { gateway: run.gateway }),
    ...(run.stripsPrefixes === undefined ? {} : { stripsPrefixes: run.stripsPrefixes }),
    // Whoever waits for less is in a hurry; that is no reason to end a service that starts slowly.
    startupSeconds: timesOfCreate * Math.max(shortestStartSeconds, Math.round(settings['create.readyTimeout'])),
  };
  return parts.reduce((sum, part) => ({ ...sum, ...part.values?.(run) }), values);
}

/** DATABASE_URL as the file wants it written, which stands for the one in the Secret. */
function toldUrl(service: ServiceSpec, database: DatabaseSpec | undefined): ServiceSpec {
  return database?.url === undefined ? service : { ...service, env: { DATABASE_URL: database.url, ...service.env } };
}

function ownServiceValues(
  service: ServiceSpec,
  { identity, images, envFiles }: WorktreeValuesRun,
  shared: Readonly<Record<string, string>>,
): WorktreeValues['services'][number] {
  const files = envFiles?.get(service.name);
  return {
    name: service.name,
    image: images?.get(service.name) ?? service.image ?? `coppice.local/${identity.names.slug}/${service.name}`,
    command: service.command ?? [],
    port: service.port ?? null,
    routes: service.routes,
    ...(service.host === undefined ? {} : { host: service.host }),
    ...(service.stripPrefix ? { stripPrefix: true } : {}),
    ...environmentOf(service, { ...shared, ...serviceVariables(service, identity, files) }),
    ...filesOf(files),
    health: service.health ?? null,
    ...(service.ready === undefined ? {} : { ready: service.ready }),
    replicas: service.replicas,
    mount: service.mount,
    ...(service.stdin ? { stdin: true } : {}),
    ...(service.folder === undefined ? {} : { folder: service.folder }),
    ...(service.once ? { once: true } : {}),
    ...(Object.keys(service.dependsOn).length > 0 ? { dependsOn: service.dependsOn } : {}),
  };
}

/**
 * A service's variables as Kubernetes reads them: `$(NAME)` stands for one before it. In what Coppice says a dollar sign is one; what
 * the file says comes after that, in the file's order, wherever it names another.
 */
function environmentOf(
  { env: own }: ServiceSpec,
  given: Readonly<Record<string, string>>,
): { env: Record<string, string>; envOrder?: string[] } {
  const literal = Object.entries(given).map(([name, value]) => [name, asText(value)] as const);
  const env = { ...Object.fromEntries(literal), ...own };
  const isOrdered = Object.values(own).some((value) => value.includes('$('));
  return { env, ...(isOrdered ? { envOrder: Object.keys(env) } : {}) };
}

function asText(value: string): string {
  return value
    .split(gatewayPortReference)
    .map((part) => part.replaceAll('$', '$$$$'))
    .join(gatewayPortReference);
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

function serviceVariables(
  service: ServiceSpec,
  identity: Identity,
  files: FileVariables | undefined,
): Record<string, string> {
  const metrics = identity.parts.services?.metricsPorts[service.name];
  return {
    ...hostOf(service, identity.cluster, files),
    OTEL_SERVICE_NAME: service.name,
    ...(service.port === undefined ? {} : { PORT: String(service.port) }),
    ...(metrics === undefined ? {} : { METRICS_PORT: String(metrics) }),
  };
}

/** Where servers listen that ask for it: a process of this machine is to be reached from this machine only. */
function hostOf(
  { env }: ServiceSpec,
  cluster: ClusterIdentity,
  files: FileVariables | undefined,
): Record<string, string> {
  const isSaid = env['HOST'] !== undefined || files?.names.includes('HOST');
  return traitsOf(cluster).runsImages || isSaid ? {} : { HOST: '127.0.0.1' };
}

function filesOf(files: FileVariables | undefined): Pick<WorktreeValues['services'][number], 'envFiles'> {
  return files === undefined ? {} : { envFiles: { secret: envFilesSecret, ...files } };
}
