import { Agent } from 'node:http';
import { connect, type Socket } from 'node:net';
import { PassThrough, type Duplex } from 'node:stream';

/**
 * Connects to a program of this machine. Programs that listen on "localhost" listen on one of the two loopback addresses only, so
 * both are tried. Rejects when neither answers.
 */
export async function connectLoopback(port: number): Promise<Socket> {
  try {
    return await connectTo(port, '127.0.0.1');
  } catch (error) {
    try {
      return await connectTo(port, '::1');
    } catch {
      throw error;
    }
  }
}

function connectTo(port: number, host: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host, noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

/** For HTTP requests to a program of this machine: only the port of the target counts. */
export class LoopbackAgent extends Agent {
  override createConnection(
    options: { port?: number | string | null | undefined },
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    connectLoopback(Number(options.port)).then(
      (socket) => callback?.(null, socket),
      // The callback's type wants a stream beside an error, too: nobody looks at it.
      (error: unknown) => callback?.(error instanceof Error ? error : new Error(String(error)), new PassThrough()),
    );
    return undefined;
  }
}
