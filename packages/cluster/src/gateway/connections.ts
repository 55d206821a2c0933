import { Agent } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** What has one connection send a request over a socket that is there already. */
export function agentFor(socket: Socket): Agent {
  const agent = new Agent({ keepAlive: false });
  agent.createConnection = () => socket;
  return agent;
}

/** Ends a stream once what was written to it is on its way. */
export function destroySoon(stream: Duplex): void {
  if (isSocket(stream)) stream.destroySoon();
  else stream.destroy();
}

/** Connections end in the middle of anything, at either side: nothing that anybody could mend. */
export function isConnectionEnd(error: Error): boolean {
  return 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

/** Answers a request for a WebSocket, and ends its connection. */
export function refuse(client: Duplex, status: number, text: string): void {
  client.end(`HTTP/1.1 ${status} ${text}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

export function isSocket(stream: Duplex): stream is Socket {
  return 'remoteAddress' in stream;
}
