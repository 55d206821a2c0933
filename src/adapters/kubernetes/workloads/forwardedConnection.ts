import type { Socket } from 'node:net';
import type { RawData, WebSocket } from 'ws';
import { toBuffer } from '../connection/channelSocket';

const channels = { data: 0, error: 1 } as const;
/** How long a client that said that it sends no more waits for what the other side still says. Milliseconds. */
const lingerMs = 5000;
const highWaterBytes = 1 << 20;

/**
 * Leads one connection of this machine to a pod's port and back until either side ends, and ends both then. Resolves with what
 * went wrong, as the cluster tells it. Never rejects.
 *
 * @param socket a WebSocket of pods/portforward for one port, whose channels each begin with the port's number in two bytes
 */
export function pumpConnection(client: Socket, socket: WebSocket): Promise<string | undefined> {
  const awaited = new Map<number, number>([
    [channels.data, 2],
    [channels.error, 2],
  ]);
  let problem = '';
  let linger: NodeJS.Timeout | undefined;
  const listen = (): void => {
    if (linger) linger.refresh();
  };

  socket.on('message', (raw: RawData) => {
    const message = toBuffer(raw);
    const channel = message[0] ?? -1;
    const skipped = Math.min(awaited.get(channel) ?? 0, message.length - 1);
    awaited.set(channel, (awaited.get(channel) ?? 0) - skipped);
    const data = message.subarray(1 + skipped);
    if (data.length === 0) return;
    if (channel === channels.error) problem += data.toString('utf8');
    else if (channel === channels.data) {
      listen();
      if (!client.write(data)) {
        socket.pause();
        client.once('drain', () => socket.resume());
      }
    }
  });
  client.on('data', (data: Buffer) => {
    socket.send(Buffer.concat([Uint8Array.of(channels.data), data]), { binary: true }, () => {
      if (client.isPaused() && socket.bufferedAmount < highWaterBytes) client.resume();
    });
    if (socket.bufferedAmount >= highWaterBytes) client.pause();
  });
  // The protocol has no word for "I send no more, but I still listen".
  client.once('end', () => {
    linger = setTimeout(() => socket.close(), lingerMs);
  });
  client.on('error', () => client.destroy());
  client.once('close', () => socket.close());
  return new Promise((resolve) => {
    socket.once('close', () => {
      clearTimeout(linger);
      client.end();
      // What was written is sent before it closes; a client that does not read it holds nothing of ours.
      client.destroySoon();
      resolve(problem === '' ? undefined : problem.trim());
    });
    socket.resume();
    client.resume();
  });
}
