import type { Identity } from '../../../core/model';
import type { ClusterAccess, Cluster } from '../../../core/ports/cluster';
import type { Databases } from '../../../core/ports/databases';
import type { EnvironmentKubeconfigs } from '../../../core/ports/environmentKubeconfigs';
import type { Settings } from '../../../core/settings';

export type TelemetrySettings = Pick<Settings, 'telemetry.otlpEndpoint' | 'temporal.address'>;

export interface VariableRun {
  readonly identity: Identity;
  readonly branch: string;
  /** With the addresses as they are seen from where the variables go to. */
  readonly settings: TelemetrySettings;
  /** Of the main worktree. */
  readonly mainFolder: string;
  /** The port of all URLs, as it is known where the variables go to; undefined: the scheme's own. */
  readonly urlPort: string | undefined;
}

export interface MachineRun {
  readonly ports: MachinePorts;
  readonly identity: Identity;
  /** Undefined: the cluster does not answer now. */
  readonly access: ClusterAccess | undefined;
  readonly signal: AbortSignal;
}

export interface MachinePorts {
  readonly cluster: Cluster;
  readonly kubeconfigs: Pick<EnvironmentKubeconfigs, 'ensure'>;
  /** Asked only where terminals and pods reach the server by different addresses. */
  readonly openDatabases: () => Promise<Pick<Databases, 'machineUrl'>>;
}

/** What a part gives to programs. */
export interface VariableSource {
  /** What everything in the environment sees: its services, its terminals, and commands of the environment file. */
  variables?(run: VariableRun): Readonly<Record<string, string>>;
  /** What only services see. */
  podVariables?(run: VariableRun): Readonly<Record<string, string>>;
  /** What only programs of this machine see. */
  machineVariables?(run: MachineRun): Promise<Readonly<Record<string, string>>>;
}

/** Variables that everything in an environment sees: its services, its terminals, and commands of the environment file. */
export function variablesOf(parts: readonly VariableSource[], run: VariableRun): Record<string, string> {
  return merged(parts.map((part) => part.variables?.(run)));
}

/** What services see besides. */
export function podVariablesOf(parts: readonly VariableSource[], run: VariableRun): Record<string, string> {
  return merged(parts.map((part) => part.podVariables?.(run)));
}

/** What programs of this machine see besides. */
export async function machineVariablesOf(
  parts: readonly VariableSource[],
  run: MachineRun,
): Promise<Record<string, string>> {
  return merged(await Promise.all(parts.map(async (part) => part.machineVariables?.(run))));
}

/** As a URL has it. */
export function portText(port: number | undefined): string | undefined {
  return port === undefined ? undefined : String(port);
}

function merged(all: readonly (Readonly<Record<string, string>> | undefined)[]): Record<string, string> {
  return all.reduce<Record<string, string>>((sum, one) => ({ ...sum, ...one }), {});
}
