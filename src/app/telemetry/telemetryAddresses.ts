import type { InfraPart } from '../../core/clusters/infra';
import type { Settings } from '../../core/settings';

/** Where the shared services of telemetry are; undefined: there is none. */
export interface TelemetryAddresses {
  readonly grafana: string | undefined;
  readonly prometheus: string | undefined;
  readonly loki: string | undefined;
  readonly jaeger: string | undefined;
}

/** A person's own come first, each by itself. @param shared what the cluster's infra has, as this machine reaches it */
export function telemetryAddresses(
  settings: Pick<Settings, 'grafana.url' | 'prometheus.url' | 'loki.url' | 'jaeger.url'>,
  shared: Partial<Record<InfraPart, string>>,
): TelemetryAddresses {
  return {
    grafana: settings['grafana.url'] || shared.grafana,
    prometheus: settings['prometheus.url'] || shared.prometheus,
    loki: settings['loki.url'] || shared.loki,
    jaeger: settings['jaeger.url'] || shared.jaeger,
  };
}
