import { historyPath, stateTroublePath, visitsPath } from '../contract';
import { openApiDocument, openApiProtobuf, openapiMediaType } from '../schema/openapi';
import { openApiV3Document, openApiV3Paths } from '../schema/openapiV3';
import type { Reply, ServedDocument, ServerContext } from './call';
import { discoveryDocument, rootPaths } from './discovery';
import { historyDocument } from './historyDocument';
import { isMetricsPath, metricsDocument } from './metricsApi';

const plain = 'text/plain; charset=utf-8';
const reading = ['GET', 'HEAD'];

/** What the server says of itself at a path; undefined: nothing. */
export function documentAt(context: ServerContext, { pathname, searchParams }: URL): ServedDocument | undefined {
  const { metrics, stateTrouble, visits, history } = context;
  if (pathname === '/openapi/v2')
    return { kind: 'document', isForAdmin: false, reply: ({ headers }) => openApi(headers.accept ?? '') };
  if (pathname === stateTroublePath && stateTrouble) {
    return { kind: 'document', isForAdmin: true, reply: async () => stateReply(await stateTrouble()) };
  }
  if (pathname === visitsPath && visits) {
    const reply = (): Reply => ({ code: 200, body: timesOf(visits()) });
    return { kind: 'document', isForAdmin: true, methods: reading, reply };
  }
  if (pathname.startsWith(historyPath) && history) {
    const reply = async (): Promise<Reply | undefined> => {
      const body = await historyDocument(pathname.slice(historyPath.length), searchParams, history);
      return body && { code: 200, body };
    };
    return { kind: 'document', isForAdmin: true, methods: reading, reply };
  }
  if (pathname === '/metrics' && metrics) {
    const type = 'text/plain; version=0.0.4; charset=utf-8';
    const reply = async (): Promise<Reply> => textReply(await metrics.text(), type);
    return { kind: 'document', isForAdmin: true, methods: ['GET'], reply };
  }
  const found = generalDocument(pathname, metrics !== undefined);
  if (found) {
    return { kind: 'document', isForAdmin: false, methods: reading, reply: () => ({ code: 200, body: found }) };
  }
  if (!metrics || !isMetricsPath(pathname)) return undefined;
  const reply = async (): Promise<Reply | undefined> => {
    const body = await metricsDocument(pathname, searchParams, metrics.usage);
    return body && { code: 200, body };
  };
  return { kind: 'document', isForAdmin: true, methods: reading, reply };
}

export function textReply(text: string, type = plain, code = 200): Reply {
  return { code, bytes: Buffer.from(text), type };
}

function generalDocument(pathname: string, withMetrics: boolean): object | undefined {
  if (pathname === '/') return rootPaths(withMetrics);
  if (pathname === '/openapi/v3') return openApiV3Paths();
  if (pathname.startsWith('/openapi/v3/')) return openApiV3Document(pathname.slice('/openapi/v3/'.length));
  return discoveryDocument(pathname, withMetrics);
}

function timesOf(visits: ReadonlyMap<string, number>): object {
  return Object.fromEntries([...visits].map(([name, at]) => [name, new Date(at).toISOString()]));
}

function stateReply(trouble: string | undefined): Reply {
  return textReply(trouble ?? 'ok', plain, trouble === undefined ? 200 : 500);
}

function openApi(accept: string): Reply {
  if (!/proto-openapi/.test(accept)) return { code: 200, body: openApiDocument() };
  return { code: 200, bytes: openApiProtobuf(), type: openapiMediaType };
}
