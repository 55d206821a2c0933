import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TraceSpan } from '../../../src/core/ports/traces';
import { tracesOf, type ToldSpan } from '../toldSpan';

type Answer = readonly [status: number, body: unknown];

/** Answers of these spans as Jaeger's own pages are answered (`cmd/query/app/http_handler.go` of v1.76.0). The caller closes it. */
export async function startJaegerPages(
  spans: readonly ToldSpan[],
  prefix = '',
): Promise<Server & { readonly url: string }> {
  const traces = tracesOf(spans);
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://here');
    const [status, body] = answerTo(pathname.slice(prefix.length), searchParams);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  const answerTo = (path: string, query: URLSearchParams): Answer => {
    if (path === '/api/services')
      return [200, { data: [...new Set(spans.map(({ service }) => service))], errors: null }];
    const [, id] = /^\/api\/traces\/(\w+)$/.exec(path) ?? [];
    if (id !== undefined) {
      const found = traces.find((trace) => trace.id === id.padStart(32, '0'));
      if (found) return [200, { data: [written(found)], errors: null }];
      return [404, { data: null, errors: [{ code: 404, msg: 'trace not found' }] }];
    }
    if (path !== '/api/traces') return [404, 'page not found'];
    const service = query.get('service');
    if (!service) return [400, { data: null, errors: [{ code: 400, msg: "parameter 'service' is required" }] }];
    const tags = new Map(Object.entries(JSON.parse(query.get('tags') ?? '{}') as Record<string, string>));
    const [from, to] = ['start', 'end'].map((name) => Number(query.get(name)) / 1000);
    const isMeant = (span: TraceSpan): boolean =>
      span.service === service &&
      span.namespace === tags.get('k8s.namespace.name') &&
      (tags.get('error') !== 'true' || span.isFailed) &&
      span.startMs >= (from ?? 0) &&
      span.startMs <= (to ?? 0);
    const found = traces.filter((trace) => trace.spans.some(isMeant)).slice(0, Number(query.get('limit') ?? 100));
    return [200, { data: found.map(written), errors: null }];
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(server, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}` });
}

function written({ id, spans }: { readonly id: string; readonly spans: readonly TraceSpan[] }): object {
  const processes = spans.map(({ service, namespace }, index) => [
    `p${index}`,
    { serviceName: service, tags: [{ key: 'k8s.namespace.name', type: 'string', value: namespace }] },
  ]);
  // As its own type writes it (jaeger-idl, `TraceID.String`).
  const traceID = id.replace(/^0{16}/, '');
  return {
    traceID,
    spans: spans.map(({ id: spanID, parent, operation, startMs, durationMs, isFailed, message }, index) => ({
      ...{ traceID, spanID, operationName: operation, processID: `p${index}`, warnings: null },
      ...{ startTime: startMs * 1000, duration: durationMs * 1000 },
      references: parent === undefined ? [] : [{ refType: 'CHILD_OF', traceID, spanID: parent }],
      tags: [
        ...(isFailed ? [{ key: 'error', type: 'bool', value: true }] : []),
        ...(message === undefined ? [] : [{ key: 'otel.status_description', type: 'string', value: message }]),
      ],
      logs: [],
    })),
    processes: Object.fromEntries(processes) as object,
    warnings: null,
  };
}
