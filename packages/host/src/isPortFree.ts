import { connect, createServer } from 'node:net';
import { errorCode } from './errorCode';

export interface PortOptions {
  /** Where it is to be listened on; both loopback addresses where nothing is said. */
  readonly hosts?: readonly string[];
  /** Whether another user's program is to listen there, Docker's service say: a low port may then be free that this user may not take. */
  readonly forOthers?: boolean;
}

const answerMs = 500;

/** Whether nobody listens on a port of this machine, and a program could. Never rejects. */
export async function isPortFree(port: number, options: PortOptions = {}): Promise<boolean> {
  const { hosts = ['127.0.0.1', '::1'], forOthers = false } = options;
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return false;
  for (const host of hosts) if (!(await canListen(port, host, forOthers))) return false;
  // Some systems let two listeners share a port when only one of them names an address: so ask as well.
  const answered = await Promise.all(hosts.map((host) => isAnswered(port, host)));
  return !answered.includes(true);
}

function canListen(port: number, host: string, forOthers: boolean): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => {
      const code = errorCode(error);
      // Windows says the same of a port that it keeps for itself.
      const isOthers = forOthers && code === 'EACCES' && port < 1024 && process.platform !== 'win32';
      // A machine without IPv6 has nobody listening there.
      resolve(isOthers || code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT');
    });
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function isAnswered(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    const settle = (answered: boolean) => () => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(answerMs, settle(false));
    socket.once('connect', settle(true));
    socket.once('error', settle(false));
  });
}
