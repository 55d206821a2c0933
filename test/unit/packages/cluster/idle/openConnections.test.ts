import { spawn } from 'node:child_process';
import { connect, type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { hasConnections } from '../../../../../packages/cluster/src/idle/hasConnections';
import { isConnected, parseEstablished } from '../../../../../packages/cluster/src/idle/openConnections';

const line = (local: string, remote: string, state: string, inode: string): string =>
  `   3: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0000 20 4 30 10 -1`;
const table = (...lines: string[]): string =>
  ['  sl  local_address rem_address   st tx_queue', ...lines, ''].join('\n');
/** A service at port 3000 (0BB8), whose socket is 10. */
const ends = { own: new Set(['10', '11']), cluster: new Set(['20']), ports: new Set([3000]) };
const at = (local: string, remote: string, accepted: string, client?: string, state = '01'): boolean => {
  const other = client === undefined ? [] : [line(remote, local, state, client)];
  return isConnected(parseEstablished(table(line(local, remote, state, accepted), ...other)), ends);
};

it.each([
  ['a client of this machine', true, at('0100007F:0BB8', '0100007F:C350', '10', '99')],
  ['one that is over', false, at('0100007F:0BB8', '0100007F:C350', '10', '99', '06')],
  ['one whose end nobody sees', true, at('0100007F:0BB8', '0100007F:C350', '10')],
  ['one of another machine', true, at('0100A8C0:0BB8', '0200A8C0:C350', '10')],
  ['another service of it', false, at('0100007F:0BB8', '0100007F:C350', '10', '11')],
  ['the cluster, for who came to the gateway', false, at('0100007F:0BB8', '0100007F:C350', '10', '20')],
  ['a server of this machine, as its database', false, at('0100007F:C350', '0100007F:1538', '10', '98')],
  ['a server elsewhere', true, at('0100A8C0:C350', '0808080A:01BB', '10')],
  ['a server elsewhere, of somebody else', false, at('0100A8C0:C350', '0808080A:01BB', '98')],
  ['a client by IPv6', true, at(`${'0'.repeat(24)}01000000:0BB8`, `${'0'.repeat(24)}01000000:C350`, '10', '99')],
  [
    'another service, at a socket of both',
    false,
    at('0000000000000000FFFF00000100007F:0BB8', '0100007F:C350', '10', '11'),
  ],
])('%s: is a connection from outside %s', (_, expected, found) => expect(found).toBe(expected));

it.runIf(process.platform === 'linux')('sees who is connected to a port of a process', async () => {
  const program =
    "require('net').createServer().listen(0, '127.0.0.1', function () { console.log(this.address().port) })";
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const pids = [child.pid ?? 0];
  // Whoever sits elsewhere: this program stands for the cluster.
  const client = (port: number) =>
    spawn(process.execPath, ['-e', `require('net').connect(${port}, '127.0.0.1', () => console.log('on'))`], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  try {
    const port = Number(await new Promise<Buffer>((resolve) => child.stdout.once('data', resolve)));
    expect(await hasConnections(pids, [])).toBe(false);
    const own = connect(port, '127.0.0.1');
    await new Promise((resolve) => own.once('connect', resolve));
    expect(await hasConnections(pids, [])).toBe(false);
    own.destroy();
    const other = client(port);
    await new Promise((resolve) => other.stdout.once('data', resolve));
    expect(await hasConnections(pids, [])).toBe(true);
    const gone = new Promise((resolve) => other.once('exit', resolve));
    other.kill('SIGKILL');
    await gone;
    // By the port of its service, which this cluster holds.
    const proxy = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => proxy.once('listening', resolve));
    const { port: proxied } = proxy.address() as AddressInfo;
    const through = client(proxied);
    await new Promise((resolve) => through.stdout.once('data', resolve));
    expect(await hasConnections(pids, [])).toBe(false);
    expect(await hasConnections(pids, [proxied])).toBe(true);
    through.kill('SIGKILL');
    proxy.close();
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
});
