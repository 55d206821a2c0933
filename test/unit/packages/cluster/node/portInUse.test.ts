import { expect, it } from 'vitest';
import { portInUse } from '../../../../../packages/cluster/src/node/portInUse';

it.each([
  ['Error: listen EADDRINUSE: address already in use :::5173', 5173],
  ['Error: listen EADDRINUSE: address already in use 127.0.0.1:3000', 3000],
  ['  port: 8080', undefined],
  ['2026/01/02 03:04:05 listen tcp :8080: bind: address already in use', 8080],
  ['listen tcp4 127.0.0.1:8081: bind: address already in use', 8081],
  [
    "ERROR:    [Errno 98] error while attempting to bind on address ('127.0.0.1', 8000): [errno 98] address already in use",
    8000,
  ],
  ['Error: Port 5173 is already in use', 5173],
  [' ⨯ Failed to start server: port 3000 is in use', 3000],
  ['Web server failed to start. Port 8080 was already in use.', 8080],
  ['Error: That port is already in use.', undefined],
  ['Address already in use - bind(2) for "127.0.0.1" port 3000 (Errno::EADDRINUSE)', 3000],
  ['Address already in use (os error 98)', undefined],
  ['listening on port 3000', undefined],
])('%j is about port %s', (line, port) => {
  expect(portInUse(['before', line, '    at Server.setupListenHandle (node:net:1940:16)'])).toBe(port);
});
