import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { callGrpc, exportTraces, serveGrpc } from './grpc';
import { toAttributes, toLabel, toMap, type ResourceLogs, type ResourceMetrics, type ResourceSpans } from './otlp';
import { notFound, post, serve } from './serve';

const lists = { traces: 'resourceSpans', metrics: 'resourceMetrics', logs: 'resourceLogs' } as const;
type Signal = keyof typeof lists;
type Group = ResourceSpans | ResourceMetrics | ResourceLogs;

interface Extraction {
  readonly from: 'pod';
  readonly key: string;
  readonly tag_name: string;
}
interface Processor {
  readonly attributes?: readonly { readonly key: string; readonly action: string }[];
  readonly extract?: {
    readonly metadata: readonly string[];
    readonly labels: readonly Extraction[];
    readonly annotations: readonly Extraction[];
  };
  readonly [statements: `${string}_statements`]: readonly string[];
}
interface Endpoint {
  readonly endpoint: string;
}
export interface CollectorConfig {
  readonly extensions: { readonly health_check: Endpoint; readonly file_storage?: { readonly directory: string } };
  readonly receivers: {
    readonly otlp?: { readonly protocols: { readonly grpc: Endpoint; readonly http: Endpoint } };
    readonly file_log?: { readonly include: readonly string[] };
  };
  readonly processors: Readonly<Record<string, Processor | null>>;
  readonly exporters: Readonly<Record<string, Endpoint>>;
  readonly service: {
    readonly pipelines: Readonly<
      Record<Signal, { readonly processors: readonly string[]; readonly exporters: readonly string[] }>
    >;
  };
}

export interface KnownPod {
  readonly status: { readonly podIP?: string };
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/**
 * Takes OTLP by HTTP, does with the resources what the configuration says, and hands on to whom it names. What the exporter
 * for Prometheus has is shown where the configuration puts it. The cluster's API may not be within reach of its pods: which
 * pods there are it is told, at its health endpoint.
 */
export class Collector {
  /** Lines by series. */
  readonly #samples = new Map<string, number>();
  #pods: readonly KnownPod[] = [];

  constructor(readonly config: CollectorConfig) {}

  start(): void {
    const { extensions, receivers, exporters } = this.config;
    serve(extensions.health_check.endpoint, ({ method, path, text }) => {
      if (method !== 'POST' || path !== '/pods') return this.#health();
      this.#pods = JSON.parse(text) as KnownPod[];
      return {};
    });
    if (!receivers.otlp) return;
    const { grpc, http } = receivers.otlp.protocols;
    serveGrpc(grpc.endpoint, {});
    serve(http.endpoint, async ({ method, path, text, from }) => {
      const signal = (['traces', 'metrics', 'logs'] as const).find((one) => path === `/v1/${one}`);
      if (!signal || method !== 'POST') return notFound;
      await this.#take(signal, (JSON.parse(text) as Record<string, Group[]>)[lists[signal]] ?? [], from);
      return { body: { partialSuccess: {} } };
    });
    if (exporters['prometheus'])
      serve(exporters['prometheus'].endpoint, ({ path }) =>
        path === '/metrics' ? { body: [...this.#samples].map((sample) => `${sample.join(' ')}\n`).join('') } : notFound,
      );
  }

  /** The one that reads files is well only where it can read them, keep its place, and reach whom it sends to. */
  async #health(): Promise<{ body: object }> {
    const { extensions, receivers, exporters } = this.config;
    for (const pattern of receivers.file_log?.include ?? []) readdirSync(pattern.replace(/\/[^/]*\*.*$/, ''));
    if (extensions.file_storage) {
      mkdirSync(extensions.file_storage.directory, { recursive: true });
      writeFileSync(`${extensions.file_storage.directory}/place`, '');
    }
    if (receivers.file_log) await post(`${exporters['otlp_http/loki']?.endpoint}/v1/logs`, { resourceLogs: [] });
    return { body: { status: 'Server available' } };
  }

  async #take(signal: Signal, groups: readonly Group[], from: string): Promise<void> {
    const { processors, exporters } = this.config.service.pipelines[signal];
    const pod = this.#pods.find(({ status }) => status.podIP === from);
    if (!pod) throw new Error(`No pod is known at ${from}`);
    for (const group of groups) {
      const attributes = toMap(group);
      for (const name of processors) this.#process(signal, this.config.processors[name] ?? {}, attributes, pod);
      group.resource.attributes = toAttributes(attributes);
    }
    for (const name of exporters) {
      const { endpoint } = this.config.exporters[name] ?? { endpoint: '' };
      const body = { [lists[signal]]: groups };
      if (name.startsWith('otlp_grpc/')) await callGrpc(endpoint, exportTraces, JSON.stringify(body));
      else if (name.startsWith('otlp_http/')) await post(`${endpoint}/v1/${signal}`, body);
      else if (name === 'prometheus') for (const group of groups) this.#expose(group as ResourceMetrics);
      else throw new Error(`There is no exporter ${name}`);
    }
  }

  #process(signal: Signal, processor: Processor, attributes: Map<string, string>, pod: KnownPod): void {
    for (const { key, action } of processor.attributes ?? []) if (action === 'delete') attributes.delete(key);
    const { extract } = processor;
    if (extract) {
      const { name, namespace, labels = {}, annotations = {} } = pod.metadata;
      const known = new Map(Object.entries({ 'k8s.namespace.name': namespace, 'k8s.pod.name': name }));
      for (const key of extract.metadata) attributes.set(key, known.get(key) ?? '');
      for (const { key, tag_name } of extract.labels) if (labels[key]) attributes.set(tag_name, labels[key]);
      for (const { key, tag_name } of extract.annotations)
        if (annotations[key]) attributes.set(tag_name, annotations[key]);
    }
    const statements = processor[`${signal === 'metrics' ? 'metric' : signal.slice(0, -1)}_statements`] ?? [];
    for (const statement of statements) transform(statement, attributes);
  }

  #expose(group: ResourceMetrics): void {
    const labels = [...toMap(group)].map(([name, value]) => `${toLabel(name)}=${JSON.stringify(value)}`).join(',');
    for (const { metrics } of group.scopeMetrics)
      for (const { name, gauge } of metrics)
        for (const { asDouble } of gauge.dataPoints) this.#samples.set(`${toLabel(name)}{${labels}}`, asDouble);
  }
}

/** The few forms of OTTL that the chart uses. @throws on others */
function transform(statement: string, attributes: Map<string, string>): void {
  const attribute = String.raw`resource\.attributes\["([^"]+)"\]`;
  const set = new RegExp(String.raw`^set\(${attribute}, ${attribute}\) where ${attribute} != nil$`).exec(statement);
  const deleted = /^delete_key\(resource\.attributes, "([^"]+)"\)$/.exec(statement);
  const kept = /^keep_keys\(resource\.attributes, (\[.+\])\)$/.exec(statement);
  if (set) {
    const value = attributes.get(set[3] ?? '') === undefined ? undefined : attributes.get(set[2] ?? '');
    if (value !== undefined) attributes.set(set[1] ?? '', value);
  } else if (deleted) attributes.delete(deleted[1] ?? '');
  else if (kept) {
    const keys = JSON.parse(kept[1] ?? '[]') as string[];
    for (const key of [...attributes.keys()]) if (!keys.includes(key)) attributes.delete(key);
  } else throw new Error(`A stand-in does not know: ${statement}`);
}
