import type { IncomingMessage } from 'node:http';

/** Whether somebody sees a page in place of what was asked for, and may ask for it again. */
export function readsPages({ method, headers }: IncomingMessage): boolean {
  return (method === 'GET' || method === 'HEAD') && (headers.accept ?? '').includes('text/html');
}

/** What our own page that says why a service does not answer sends: it looks whether that is over. */
export const lookHeader = 'x-coppice-look';

/** It is answered from here: nobody has come, and the service is asked for nothing. */
export function isLook({ headers }: IncomingMessage): boolean {
  return headers[lookHeader] !== undefined;
}

/** Of a client of HTTP/2 that offers that, too, the same is no WebSocket: it is a request like any other. */
export function asksForWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';
}

/**
 * What a page that was left open sends again and again, without anybody who wants anything: WebSockets that are connected anew, streams
 * of events, a development server's ping. It must not keep awake, or wake, what nobody looks at.
 */
export function isOfItsOwnAccord(request: IncomingMessage): boolean {
  const accept = request.headers.accept ?? '';
  return asksForWebSocket(request) || accept.startsWith('text/event-stream') || accept === 'text/x-vite-ping';
}
