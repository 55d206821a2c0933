import { gatewayMetrics } from '@coppice/cluster/contract';
import { selector } from './queryText';
import type { Scope } from './scope';

/** Never changes: addresses that people keep, and the editor's own dashboard, name it. */
export const environmentDashboardUid = 'coppice-environment';

export type PanelName = 'requests' | 'errors' | 'latency' | 'cpu' | 'memory' | 'restarts' | 'logs' | 'traces';

export interface PanelQuery {
  /** Line of the chart; `{{label}}` stands for a label's value. '' where the panel has no lines. */
  readonly legend: string;
  readonly text: (scope: Scope) => string;
}

export interface Panel {
  readonly name: PanelName;
  /** In `d-solo/<uid>?panelId=<id>`: never changes and is never given to another panel. */
  readonly id: number;
  readonly title: string;
  /** What it counts and where that comes from. */
  readonly description: string;
  readonly source: 'prometheus' | 'loki' | 'jaeger';
  /** As Grafana calls it. */
  readonly unit: 'reqps' | 's' | 'none' | 'bytes' | 'percentunit' | 'short';
  /** None: the source is asked in its own way (traces). */
  readonly queries: readonly PanelQuery[];
}

/**
 * Metrics that the panels read. Requests are those of OpenTelemetry's conventions for HTTP servers, as its SDKs send them; of a
 * service that sends none, what the embedded cluster's gateway counted. The rest is what a kubelet tells of its containers, and
 * the embedded cluster of its processes. The platform sets `namespace`, `service` and `container` (which charts/worktree names
 * after the service).
 */
export const metricNames = {
  requests: 'http_server_request_duration_seconds_count',
  requestBuckets: 'http_server_request_duration_seconds_bucket',
  gatewayRequests: gatewayMetrics.requests,
  gatewayBuckets: `${gatewayMetrics.durations}_bucket`,
  cpu: 'container_cpu_usage_seconds_total',
  memory: 'container_memory_working_set_bytes',
  /** Its value changes with each start of a container. */
  startTime: 'container_start_time_seconds',
  restarts: 'kube_pod_container_status_restarts_total',
} as const;

/** Label of `metricNames.requests` with the answer's status. */
export const statusLabel = 'http_response_status_code';

/** Labels by which Loki finds streams: all others are structured metadata, so that their number stays bounded. */
export const logLabels = { namespace: 'k8s_namespace_name', service: 'service_name' } as const;

/** Of spans, as Jaeger searches them. */
export const traceTags = { namespace: 'k8s.namespace.name', branch: 'coppice.branch' } as const;

const inNamespace = ({ namespace }: Scope): string => selector({ namespace });
const rate = (metric: string, scope: Scope, matchers = inNamespace(scope)): string =>
  `rate(${metric}${matchers}[${scope.window}])`;
const quantile = (share: number, metric: string, scope: Scope): string =>
  `histogram_quantile(${share}, sum by (service, le) (${rate(metric, scope)}))`;
/** For what the first query knows nothing of, the second. */
const either = (first: string, second: string): string => `${first} or ${second}`;
const latency = (share: number, scope: Scope): string =>
  either(quantile(share, metricNames.requestBuckets, scope), quantile(share, metricNames.gatewayBuckets, scope));

function errors(scope: Scope): string {
  const { namespace } = scope;
  const sent = rate(metricNames.requests, scope, selector({ namespace }, { [statusLabel]: '5..' }));
  const counted = rate(metricNames.gatewayRequests, scope, selector({ namespace }, { code: '5..' }));
  const renamed = `label_replace(${sent}, "code", "$1", "${statusLabel}", "(.+)")`;
  return either(`sum by (service, code) (${renamed})`, `sum by (service, code) (${counted})`);
}

export const environmentPanels: readonly Panel[] = [
  {
    name: 'requests',
    id: 1,
    title: 'Requests',
    description: 'HTTP requests a second, by service.',
    source: 'prometheus',
    unit: 'reqps',
    queries: [
      {
        legend: '{{service}}',
        text: (scope) =>
          either(
            `sum by (service) (${rate(metricNames.requests, scope)})`,
            `sum by (service) (${rate(metricNames.gatewayRequests, scope)})`,
          ),
      },
    ],
  },
  {
    name: 'errors',
    id: 2,
    title: 'Errors',
    description: 'HTTP requests a second that were answered with a status of 500 and above, by service and status.',
    source: 'prometheus',
    unit: 'reqps',
    queries: [{ legend: '{{service}} {{code}}', text: errors }],
  },
  {
    name: 'latency',
    id: 3,
    title: 'Latency',
    description: 'How long HTTP requests take: half of them, and all but one in twenty, take at most so long.',
    source: 'prometheus',
    unit: 's',
    queries: [
      { legend: '{{service}} p50', text: (scope) => latency(0.5, scope) },
      { legend: '{{service}} p95', text: (scope) => latency(0.95, scope) },
    ],
  },
  {
    name: 'cpu',
    id: 4,
    title: 'CPU',
    description: 'Processors in use, by service.',
    source: 'prometheus',
    unit: 'none',
    queries: [{ legend: '{{container}}', text: (scope) => `sum by (container) (${rate(metricNames.cpu, scope)})` }],
  },
  {
    name: 'memory',
    id: 5,
    title: 'Memory',
    description: 'Memory that cannot be taken back under pressure, by service.',
    source: 'prometheus',
    unit: 'bytes',
    queries: [
      { legend: '{{container}}', text: (scope) => `sum by (container) (${metricNames.memory}${inNamespace(scope)})` },
    ],
  },
  {
    name: 'restarts',
    id: 6,
    title: 'Restarts',
    description: 'Starts of containers after their first, by service.',
    source: 'prometheus',
    unit: 'short',
    queries: [
      {
        legend: '{{container}}',
        text: (scope) =>
          either(
            `sum by (container) (changes(${metricNames.startTime}${inNamespace(scope)}[${scope.window}]))`,
            `sum by (container) (increase(${metricNames.restarts}${inNamespace(scope)}[${scope.window}]))`,
          ),
      },
    ],
  },
  {
    name: 'logs',
    id: 7,
    title: 'Logs',
    description: 'What the services wrote, newest first.',
    source: 'loki',
    unit: 'none',
    queries: [{ legend: '', text: ({ namespace }) => selector({ [logLabels.namespace]: namespace }) }],
  },
  {
    name: 'traces',
    id: 8,
    title: 'Traces',
    description: 'Traces of one service in this environment.',
    source: 'jaeger',
    unit: 'none',
    queries: [],
  },
];

export function panelOf(name: PanelName): Panel {
  const panel = environmentPanels.find((one) => one.name === name);
  if (!panel) throw new Error(`There is no panel ${name}.`);
  return panel;
}
