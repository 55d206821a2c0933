import { telemetryHistoryMs, telemetryIntervalMs } from '../../../core/ports/telemetry';

/** How often telemetry is read; tests shorten it. Milliseconds. */
export interface TelemetryTiming {
  readonly intervalMs: number;
  /** What the first sample's rates are the mean over. */
  readonly firstWindowMs: number;
  readonly historyMs: number;
}

export const defaultTelemetryTiming: TelemetryTiming = {
  intervalMs: telemetryIntervalMs,
  firstWindowMs: 1000,
  historyMs: telemetryHistoryMs,
};
