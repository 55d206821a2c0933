import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { isOfItsOwnAccord } from '../../../../../packages/cluster/src/gateway/whoAsks';

it.each([
  ['a WebSocket', 'GET', { upgrade: 'WebSocket' }, true],
  ['a stream of events', 'GET', { accept: 'text/event-stream' }, true],
  ['a page', 'GET', { accept: 'text/html' }, false],
  ['a client of HTTP/2', 'GET', { upgrade: 'h2c' }, false],
  ['one that sends something', 'POST', { upgrade: 'h2c' }, false],
])('%s: whether a page that was left open asks by itself', (_, method, headers, isByItself) => {
  const request = new IncomingMessage(new Socket());
  Object.assign(request, { method, headers });
  expect(isOfItsOwnAccord(request)).toBe(isByItself);
});
