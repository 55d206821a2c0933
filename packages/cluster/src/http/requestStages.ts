import type { IncomingMessage } from 'node:http';
import { callerOf } from '../auth/authentication';
import { attemptOf, authorize as mustBeAllowed } from '../auth/authorization';
import { isReviewPath, reviewDocument } from '../auth/reviews';
import { negotiate as representationFor } from '../print/negotiation';
import { parseBody } from '../schema/requestBody';
import { parseResourcePath, shownResource } from '../schema/requestPath';
import { StatusError } from '../schema/statusError';
import type { Allowed, Answerable, Identified, Negotiated, Read, Received, Reply, Routed, ServerContext } from './call';
import { documentAt, textReply } from './documents';
import { readBody } from './readBody';
import { handleResource, isWatch } from './resourceHandler';
import { Stages } from './stages';

const healthPaths = /^\/(?:healthz|livez|readyz)(?:\/ping)?$/;
const empty = { type: '', bytes: Buffer.alloc(0) };
const withBody = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/**
 * Who may do what: every request passes these, be it answered or become a connection into a pod. Nothing is read of its body, and
 * nothing told of what there is, before that is decided.
 */
export const admission = Stages.begin<ServerContext, IncomingMessage, Received>('receive', receive)
  .then('identify', identify)
  .then('route', route)
  .then('authorize', authorize);

/** All of a request that is answered. */
export const answering = admission.then('negotiate', negotiate).then('read', read);

/** The last stage. Undefined: it has answered by itself, as a stream. */
export async function answer(context: ServerContext, call: Read & Answerable): Promise<Reply | undefined> {
  context.onStage?.('answer');
  const { target, url, method, body, representation } = call;
  switch (target.kind) {
    case 'health':
      return textReply('ok');
    case 'resource':
      return handleResource({
        ...target.asked,
        ...{ context, query: url.searchParams, representation, body, request: call.request, response: call.response },
      });
    case 'review': {
      if (!('caller' in call)) throw StatusError.unauthorized();
      const { objects, token } = context;
      const review = reviewDocument(url.pathname, parseBody(body), { caller: call.caller, objects, token });
      return { code: 201, body: review };
    }
    case 'document': {
      if (target.methods && !target.methods.includes(method)) throw StatusError.methodNotAllowed();
      const reply = await target.reply(call);
      if (!reply) throw StatusError.noSuchResource(shownResource(url.pathname));
      return reply;
    }
  }
}

function receive(_: ServerContext, request: IncomingMessage): Received {
  const url = URL.parse(`https://localhost${request.url ?? '/'}`);
  if (!url) throw StatusError.badRequest('the path of the request cannot be read');
  return { url, method: request.method ?? 'GET', headers: request.headers, request };
}

function identify({ token, objects }: ServerContext, call: Received): Identified {
  return { ...call, caller: callerOf(call.headers.authorization, token, objects) };
}

function route(context: ServerContext, call: Identified): Routed {
  const { url, method } = call;
  if (healthPaths.test(url.pathname)) return { ...call, target: { kind: 'health' } };
  const asked = parseResourcePath(url.pathname);
  if (asked) return { ...call, target: { kind: 'resource', asked } };
  if (method === 'POST') return { ...call, target: { kind: isReviewPath(url.pathname) ? 'review' : 'nothing' } };
  return { ...call, target: documentAt(context, url) ?? { kind: 'nothing' } };
}

function authorize({ objects }: ServerContext, call: Routed): Allowed {
  const { target, caller, url, method } = call;
  if (target.kind === 'health') return { ...call, target };
  if (!caller) throw StatusError.unauthorized();
  if (target.kind === 'nothing') throw StatusError.noSuchResource(shownResource(url.pathname));
  if (target.kind === 'resource') {
    mustBeAllowed(objects, caller, attemptOf(method, target.asked, isWatch(url.searchParams)));
  }
  if (target.kind === 'document' && target.isForAdmin && caller.kind !== 'admin') {
    throw new StatusError(403, 'Forbidden', `forbidden: cannot get path "${url.pathname}"`, {});
  }
  return { ...call, caller, target };
}

function negotiate(_: ServerContext, call: Allowed): Negotiated {
  // A log is plain text, and documents have one form, whatever a client would take otherwise.
  const { target, headers } = call;
  const isObject = target.kind === 'resource' && target.asked.subresource !== 'log';
  return { ...call, representation: representationFor(isObject ? headers.accept : undefined) };
}

async function read(_: ServerContext, call: Negotiated): Promise<Read> {
  const { target, method, request } = call;
  const hasBody = withBody.has(method) && (target.kind === 'resource' || target.kind === 'review');
  return { ...call, body: hasBody ? await readBody(request) : empty };
}
