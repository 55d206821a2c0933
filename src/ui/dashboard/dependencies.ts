import type { PanelSourceState } from '../../core/ports/panelSource';
import type { TelemetryListener } from '../../core/ports/telemetry';

/** Where the shared services of telemetry are; undefined: there is none. */
export interface TelemetryAddresses {
  readonly grafana: string | undefined;
  readonly prometheus: string | undefined;
  readonly loki: string | undefined;
  readonly jaeger: string | undefined;
}

/** What the dashboard needs beside the snapshot. Calling any of these may load large chunks. */
export interface DashboardDependencies {
  /** The settings', else those of the cluster's infra. */
  telemetryAddresses(signal: AbortSignal): Promise<TelemetryAddresses>;
  /** @param ancestors origins of the pages around a frame */
  checkGrafana(address: string, ancestors: readonly string[], signal: AbortSignal): Promise<PanelSourceState>;
  /** Never throws; ends with the signal. */
  watchTelemetry(namespace: string, listener: TelemetryListener, signal: AbortSignal): void;
}
