import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  listenersByPid,
  listenersOf,
  parseLsof,
  parseNetstat,
  parseProcNet,
} from '../../../../../packages/cluster/src/network/listeners';

describe('where processes listen', () => {
  it('is known of a process of this machine', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    expect(await listenersOf([process.pid])).toContainEqual({ address: '127.0.0.1', port });
    await new Promise((resolve) => server.close(resolve));
    expect(await listenersOf([process.pid])).not.toContainEqual({ address: '127.0.0.1', port });
    expect(await listenersOf([])).toEqual([]);
  });

  it.skipIf(process.platform !== 'linux')('is known while thousands of others are connected', async () => {
    const server = createServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const sockets = await Promise.all(
      Array.from({ length: 1500 }, async () => {
        const socket = connect(port, '127.0.0.1');
        await once(socket, 'connect');
        return socket;
      }),
    );
    expect((await listenersByPid([process.pid])).get(process.pid)).toContainEqual({ address: '127.0.0.1', port });
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it('is read from /proc', () => {
    const line = (local: string, state: string, inode: string): string =>
      `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0000000000000000 100 0 0 10 0`;
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      line('0100007F:1435', '0A', '11'),
      line('00000000:0050', '0A', '12'),
      line('0A01A8C0:1F90', '0A', '13'),
      line('0100007F:2222', '01', '14'),
      line('0100007F:3333', '0A', '99'),
      line('00000000000000000000000001000000:0BB8', '0A', '15'),
      line('0000000000000000FFFF00000100007F:0BB9', '0A', '16'),
      line('000080FE000000000000000001000000:0BBA', '0A', '17'),
    ].join('\n');
    expect([...parseProcNet(table)]).toEqual([
      ['11', { address: '127.0.0.1', port: 5173 }],
      ['12', { address: '*', port: 80 }],
      ['13', { address: '192.168.1.10', port: 8080 }],
      ['99', { address: '127.0.0.1', port: 13107 }],
      ['15', { address: '::1', port: 3000 }],
      ['16', { address: '127.0.0.1', port: 3001 }],
      ['17', { address: 'fe80:0:0:0:0:0:0:1', port: 3002 }],
    ]);
  });

  it('is read from lsof and netstat', () => {
    expect([...parseLsof('p123\nf20\nn127.0.0.1:5173\nf21\nn[::1]:5173\np124\nf22\nn*:80\n')]).toEqual([
      [
        123,
        [
          { address: '127.0.0.1', port: 5173 },
          { address: '::1', port: 5173 },
        ],
      ],
      [124, [{ address: '*', port: 80 }]],
    ]);
    const netstat = [
      '  Proto  Lokale Adresse         Remoteadresse          Status           PID',
      '  TCP    0.0.0.0:135            0.0.0.0:0              ABHÖREN         7',
      '  TCP    127.0.0.1:5173         0.0.0.0:0              ABHÖREN         42',
      '  TCP    127.0.0.1:5173         127.0.0.1:50000        HERGESTELLT     42',
      '  TCP    [::]:8080              [::]:0                 LISTENING       42',
      '  UDP    0.0.0.0:500            *:*                                    42',
    ].join('\r\n');
    expect([...parseNetstat(netstat, new Set([42]))]).toEqual([
      [
        42,
        [
          { address: '127.0.0.1', port: 5173 },
          { address: '*', port: 8080 },
        ],
      ],
    ]);
  });
});
