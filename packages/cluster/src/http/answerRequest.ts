import type { IncomingMessage, ServerResponse } from 'node:http';
import { StatusError } from '../schema/statusError';
import type { Reply, ServerContext } from './call';
import { answer, answering } from './requestStages';

/** Answers one request; never rejects. */
export async function answerRequest(
  context: ServerContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const call = await answering.pass(context, request);
    const reply = await answer(context, { ...call, response });
    if (reply) send(response, reply);
  } catch (error) {
    if (!(error instanceof StatusError)) context.onError(error);
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const status = error instanceof StatusError ? error : StatusError.internal(textOf(error));
    send(response, { code: status.code, body: status.toStatus() });
  }
}

function send(response: ServerResponse, reply: Reply): void {
  if ('bytes' in reply) {
    const { code, bytes, type } = reply;
    response.writeHead(code, { 'content-type': type, 'content-length': bytes.length });
    response.end(bytes);
    return;
  }
  const text = JSON.stringify(reply.body);
  response.writeHead(reply.code, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-cache, private',
    ...(reply.code === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  });
  response.end(text);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
