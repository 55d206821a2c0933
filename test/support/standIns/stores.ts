import { mkdirSync, writeFileSync } from 'node:fs';
import { exportTraces, serveGrpc } from './grpc';
import { toLabel, toMap, type ResourceLogs, type ResourceSpans } from './otlp';
import { notFound, serve } from './serve';

export interface LokiConfig {
  readonly server: { readonly http_listen_port: number };
  readonly common: { readonly storage: { readonly filesystem: Readonly<Record<string, string>> } };
  readonly limits_config: {
    readonly otlp_config: {
      readonly resource_attributes: {
        readonly attributes_config: readonly { readonly attributes: readonly string[] }[];
      };
    };
  };
}

/** Takes OTLP and answers selectors of `=` (grafana.com/docs/loki, "Loki HTTP API"). */
export function startLoki(config: LokiConfig): void {
  for (const folder of Object.values(config.common.storage.filesystem)) keep(folder);
  const indexed = config.limits_config.otlp_config.resource_attributes.attributes_config
    .flatMap(({ attributes }) => attributes)
    .map(toLabel);
  const streams: { labels: Map<string, string>; metadata: Map<string, string>; values: [string, string][] }[] = [];
  serve(`0.0.0.0:${config.server.http_listen_port}`, ({ method, path, query, text }) => {
    if (path === '/ready') return { body: 'ready\n' };
    if (path === '/otlp/v1/logs' && method === 'POST') {
      for (const group of (JSON.parse(text) as { resourceLogs: ResourceLogs[] }).resourceLogs) {
        const all = [...toMap(group)].map(([name, value]) => [toLabel(name), value] as const);
        streams.push({
          labels: new Map(all.filter(([name]) => indexed.includes(name))),
          metadata: new Map(all.filter(([name]) => !indexed.includes(name))),
          values: group.scopeLogs.flatMap(({ logRecords }) =>
            logRecords.map(({ timeUnixNano, body }): [string, string] => [timeUnixNano, body.stringValue]),
          ),
        });
      }
      return { status: 204 };
    }
    if (path === '/loki/api/v1/labels') return { body: { status: 'success', data: indexed } };
    if (path !== '/loki/api/v1/query_range') return notFound;
    const selector = /^\{([^}]*)\}/.exec(query.get('query') ?? '')?.[1];
    if (selector === undefined) return { status: 400, body: 'parse error' };
    const wanted = [...selector.matchAll(/(\w+)="([^"]*)"/g)];
    const result = streams
      .filter(({ labels }) => wanted.every(([, name = '', value]) => labels.get(name) === value))
      .map(({ labels, metadata, values }) => ({ stream: Object.fromEntries([...labels, ...metadata]), values }));
    return { body: { status: 'success', data: { resultType: 'streams', result } } };
  });
}

interface Endpoint {
  readonly endpoint: string;
}
export interface JaegerConfig {
  readonly extensions: {
    readonly healthcheckv2: { readonly http: Endpoint };
    readonly jaeger_query: { readonly http: Endpoint };
    readonly jaeger_storage: {
      readonly backends: { readonly traces: { readonly badger: { readonly directories: Record<string, string> } } };
    };
  };
  readonly receivers: { readonly otlp: { readonly protocols: { readonly grpc: Endpoint } } };
}

/** Takes OTLP by gRPC and answers as Jaeger's page asks (jaegertracing.io/docs, "APIs"). */
export function startJaeger({ extensions, receivers }: JaegerConfig): void {
  for (const folder of Object.values(extensions.jaeger_storage.backends.traces.badger.directories)) keep(folder);
  const groups: ResourceSpans[] = [];
  serveGrpc(receivers.otlp.protocols.grpc.endpoint, {
    [exportTraces]: (message) =>
      groups.push(...(JSON.parse(message) as { resourceSpans: ResourceSpans[] }).resourceSpans),
  });
  serve(extensions.healthcheckv2.http.endpoint, ({ path }) =>
    path === '/status' ? { body: { status: 'StatusOK' } } : notFound,
  );
  serve(extensions.jaeger_query.http.endpoint, ({ path, query }) => {
    const services = groups.map((group) => toMap(group).get('service.name') ?? '');
    if (path === '/api/services') return { body: { data: [...new Set(services)] } };
    if (path === '/search')
      return { headers: { 'Content-Type': 'text/html' }, body: '<!DOCTYPE html><title>Jaeger UI' };
    if (path !== '/api/traces') return notFound;
    const tags = Object.entries(JSON.parse(query.get('tags') ?? '{}') as Record<string, string>);
    const data = groups
      .filter((group, index) => {
        const attributes = toMap(group);
        return services[index] === query.get('service') && tags.every(([key, value]) => attributes.get(key) === value);
      })
      .flatMap((group) => {
        const all = [...toMap(group)].map(([key, value]) => ({ key, type: 'string', value }));
        const p1 = { serviceName: toMap(group).get('service.name'), tags: all };
        return group.scopeSpans
          .flatMap(({ spans }) => spans)
          .map(({ traceId, name }) => ({
            traceID: traceId,
            spans: [{ traceID: traceId, operationName: name, processID: 'p1' }],
            processes: { p1 },
          }));
      });
    return { body: { data } };
  });
}

export interface PrometheusConfig {
  readonly scrape_configs: readonly {
    readonly job_name: string;
    readonly static_configs?: readonly { readonly targets: readonly string[] }[];
  }[];
}

/** Scrapes the targets that the configuration names, when asked for them (prometheus.io/docs, "HTTP API"). */
export function startPrometheus(config: PrometheusConfig, data: string): void {
  keep(data);
  const targets = config.scrape_configs.flatMap(({ job_name: job, static_configs: all = [] }) =>
    all.flatMap((one) => one.targets.map((target) => ({ job, scrapeUrl: `http://${target}/metrics` }))),
  );
  serve('0.0.0.0:9090', async ({ path }) => {
    if (path === '/-/ready' || path === '/-/healthy') return { body: 'Prometheus Server is Ready.\n' };
    if (path === '/api/v1/query') return { body: { status: 'success', data: { resultType: 'vector', result: [] } } };
    if (path !== '/api/v1/targets') return notFound;
    const activeTargets = await Promise.all(
      targets.map(async ({ job, scrapeUrl }) => {
        const error = await fetch(scrapeUrl).then(({ ok, status }) => (ok ? '' : `HTTP status ${status}`), String);
        return { labels: { job }, scrapeUrl, health: error === '' ? 'up' : 'down', lastError: error };
      }),
    );
    return { body: { status: 'success', data: { activeTargets } } };
  });
}

/** A part that cannot write where its data belong does not start. */
function keep(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/stand-in`, '');
}
