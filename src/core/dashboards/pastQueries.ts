import { environmentPanels, metricNames, statusLabel, type PanelName } from './environmentPanels';
import { selector } from './queryText';
import { namespaceScope } from './scope';

/** What Prometheus is asked for an environment's past. By service, which the kubelet's metrics call `container`. */
export interface PastQueries {
  /** A second, by `service` and `code`. */
  readonly requests: string;
  readonly p50: string;
  readonly p95: string;
  readonly cpu: string;
  /** The most. */
  readonly memory: string;
  /** When each container of each pod was started, in seconds since the epoch. */
  readonly starts: string;
}

/** @param window over how long a value is taken: a duration of Prometheus @throws invalidInput */
export function pastQueries(namespace: string, window: string): PastQueries {
  const scope = namespaceScope(namespace, window);
  const of = (panel: PanelName, index = 0): string =>
    environmentPanels.find(({ name }) => name === panel)?.queries[index]?.text(scope) ?? '';
  const here = selector({ namespace });
  const sent = `sum by (service, code) (label_replace(rate(${metricNames.requests}${here}[${window}]), "code", "$1", "${statusLabel}", "(.+)"))`;
  const counted = `sum by (service, code) (rate(${metricNames.gatewayRequests}${here}[${window}]))`;
  return {
    // Of a service that says it itself, the gateway's word would count the same requests again.
    requests: `${sent} or (${counted} unless on (service) ${sent})`,
    p50: of('latency', 0),
    p95: of('latency', 1),
    cpu: of('cpu'),
    memory: `sum by (container) (max_over_time(${metricNames.memory}${here}[${window}]))`,
    starts: `max by (pod, container) (${metricNames.startTime}${here})`,
  };
}
