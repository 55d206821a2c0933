import { connect, createServer } from 'node:net';
import type { Ports } from '../../core/ports/host';

/** Ports of this machine's loopback addresses. */
export class HostPorts implements Ports {
  /** Free: nobody answers, and a listener can have it on IPv4 and, where there is any, IPv6. Never rejects. */
  async isFree(port: number): Promise<boolean> {
    if (!Number.isInteger(port) || port < 1 || port > 65535) return false;
    // Some systems let two listeners share a port when only one of them names an address: so ask as well.
    if ((await isAnswered(port, '127.0.0.1')) || (await isAnswered(port, '::1'))) return false;
    return (await canListen(port, '127.0.0.1')) && (await canListen(port, '::1'));
  }
}

function isAnswered(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    const settle = (answered: boolean) => () => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(500, settle(false));
    socket.once('connect', settle(true));
    socket.once('error', settle(false));
  });
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      // Low ports are not for this user to listen on, but for Docker's service: nobody answers, so it is free. Windows
      // says the same of a port that it keeps for itself.
      const isOthers = error.code === 'EACCES' && port < 1024 && process.platform !== 'win32';
      resolve(isOthers || error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT');
    });
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
