import type { IncomingMessage, ServerResponse } from 'node:http';
import { callerOf, type Caller } from '../auth/authentication';
import { attemptOf, authorize } from '../auth/authorization';
import { discoveryDocument, rootPaths } from './discovery';
import { negotiate } from '../print/negotiation';
import { openApiDocument, openApiProtobuf, protobufType } from '../schema/openapi';
import { openApiV3Document, openApiV3Paths } from '../schema/openapiV3';
import { isMetricsPath, metricsDocument } from './metricsApi';
import { parseBody, readBody } from '../schema/requestBody';
import { parseResourcePath, shownResource } from '../schema/requestPath';
import { handleResource, isWatch, type ApiContext } from './resourceHandler';
import { isReviewPath, reviewDocument } from '../auth/reviews';
import { StatusError } from '../schema/statusError';
import type { UsageSource } from './usageSource';

export interface MetricsSource {
  /** For the metrics API, which `kubectl top` reads. */
  usage: UsageSource;
  /** For `/metrics`, in Prometheus' text format. Never rejects. */
  text(): Promise<string>;
}

export interface ServerContext extends ApiContext {
  metrics?: MetricsSource;
  stateTrouble?: () => Promise<string | undefined>;
  onError(error: unknown): void;
}

const healthPaths = /^\/(?:healthz|livez|readyz)(?:\/ping)?$/;

/** Answers one request; never rejects. */
export async function answerRequest(
  context: ServerContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    await route(context, request, response);
  } catch (error) {
    if (!(error instanceof StatusError)) context.onError(error);
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const status = error instanceof StatusError ? error : StatusError.internal(textOf(error));
    sendJson(response, status.code, status.toStatus());
  }
}

async function route(context: ServerContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = URL.parse(`https://localhost${request.url ?? '/'}`);
  if (!url) throw StatusError.badRequest('the path of the request cannot be read');
  const { pathname } = url;
  if (healthPaths.test(pathname)) return sendText(response, 'ok');
  const { objects, token } = context;
  const caller = callerOf(request.headers.authorization, token, objects);
  if (!caller) throw StatusError.unauthorized();

  const resource = parseResourcePath(pathname);
  if (resource) {
    authorize(objects, caller, attemptOf(request.method ?? 'GET', resource, isWatch(url.searchParams)));
    // A log is plain text, whatever a client would take otherwise.
    const accept = resource.subresource === 'log' ? undefined : request.headers.accept;
    const representation = negotiate(accept);
    const call = { ...resource, context, query: url.searchParams, representation, request, response };
    const answer = await handleResource(call);
    if (answer) sendJson(response, answer.code, answer.body);
    return;
  }
  if (request.method === 'POST') {
    if (!isReviewPath(pathname)) throw StatusError.noSuchResource(shownResource(pathname));
    const review = reviewDocument(pathname, parseBody(await readBody(request)), { caller, objects, token });
    return sendJson(response, 201, review);
  }
  if (pathname === '/openapi/v2') return sendOpenApi(request, response);
  if (pathname === '/readyz/state' && context.stateTrouble) {
    mustBeAdmin(caller, pathname);
    const trouble = await context.stateTrouble();
    return sendText(response, trouble ?? 'ok', undefined, trouble === undefined ? 200 : 500);
  }
  if (pathname === '/metrics' && context.metrics) {
    mustBeAdmin(caller, pathname);
    if (request.method !== 'GET') throw StatusError.methodNotAllowed();
    return sendText(response, await context.metrics.text(), 'text/plain; version=0.0.4; charset=utf-8');
  }
  const found = await generalDocument(context, url, caller);
  if (!found) throw StatusError.noSuchResource(shownResource(pathname));
  if (request.method !== 'GET' && request.method !== 'HEAD') throw StatusError.methodNotAllowed();
  sendJson(response, 200, found);
}

/** What tells of all namespaces at once is for the one user. */
function mustBeAdmin(caller: Caller, pathname: string): void {
  if (caller.kind !== 'admin') throw new StatusError(403, 'Forbidden', `forbidden: cannot get path "${pathname}"`, {});
}

async function generalDocument({ metrics }: ServerContext, url: URL, caller: Caller): Promise<object | undefined> {
  const { pathname, searchParams } = url;
  const withMetrics = metrics !== undefined;
  if (pathname === '/') return rootPaths(withMetrics);
  if (pathname === '/openapi/v3') return openApiV3Paths();
  if (pathname.startsWith('/openapi/v3/')) return openApiV3Document(pathname.slice('/openapi/v3/'.length));
  const discovered = discoveryDocument(pathname, withMetrics);
  if (discovered || !metrics || !isMetricsPath(pathname)) return discovered;
  mustBeAdmin(caller, pathname);
  return metricsDocument(pathname, searchParams, metrics.usage);
}

function sendOpenApi(request: IncomingMessage, response: ServerResponse): void {
  if (!/proto-openapi/.test(request.headers.accept ?? '')) return sendJson(response, 200, openApiDocument());
  const body = openApiProtobuf();
  response.writeHead(200, { 'content-type': protobufType, 'content-length': body.length });
  response.end(body);
}

function sendJson(response: ServerResponse, code: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(code, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-cache, private',
    ...(code === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  });
  response.end(text);
}

function sendText(response: ServerResponse, text: string, type = 'text/plain; charset=utf-8', code = 200): void {
  response.writeHead(code, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
