import { createServer, type Server } from 'node:net';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, sep } from 'node:path';
import { programVersion } from '../toolVersions';
import type { ServerThere } from './ensure.mjs';

/** What `npm run test:uses` has got, and where the clients are. */
export function serversThere(): { readonly servers: readonly ServerThere[]; readonly clients: string } {
  const said = process.env['COPPICE_TEST_USES'];
  if (said === undefined) throw new Error('Run these tests by "npm run test:uses": it gets what they run.');
  return JSON.parse(said) as ReturnType<typeof serversThere>;
}

/** What a server says of itself. */
export function serverVersion({ tool, program, place, folders }: ServerThere): Promise<string> | string {
  if (tool === 'mailpit') return moduleVersion('github.com/axllent/mailpit');
  // RabbitMQ starts where others tell.
  const rabbit = readdirSafely(join(place, 'usr/lib/rabbitmq/lib')).find((name) => name.startsWith('rabbitmq_server-'));
  return rabbit?.replace('rabbitmq_server-', '') ?? programVersion(join(folders[0] ?? '', program));
}

function moduleVersion(module: string): string {
  const list = readFileSync(join(import.meta.dirname, 'mailpit', 'go.mod'), 'utf8');
  const version = new RegExp(`${module} v(\\S+)`).exec(list)?.[1];
  if (version === undefined) throw new Error(`go.mod does not name ${module}`);
  return version;
}

/**
 * Processes of this machine that run a program of a folder, and were started with another folder: it is in their environment or arguments,
 * unless they write a title there, or it is where they are.
 */
export function processesOf(place: string, home: string): number[] {
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid)) return [];
    try {
      if (!readlinkSync(`/proc/${pid}/exe`).startsWith(place + sep)) return [];
      const said = ['environ', 'cmdline'].map((each) => readFileSync(`/proc/${pid}/${each}`, 'utf8')).join('\0');
      return said.includes(home) || readlinkSync(`/proc/${pid}/cwd`).startsWith(home + sep) ? [pid] : [];
    } catch {
      return [];
    }
  });
}

/** Where processes listen on TCP, as `address:port`, sorted. */
export function listeningAt(pids: readonly number[]): string[] {
  const sockets = new Set(
    pids.flatMap((pid) =>
      readdirSafely(`/proc/${pid}/fd`).flatMap((fd) => {
        try {
          return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
        } catch {
          return [];
        }
      }),
    ),
  );
  const rows = ['tcp', 'tcp6'].flatMap((kind) => readFileSync(`/proc/net/${kind}`, 'utf8').split('\n').slice(1));
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === '0A' && sockets.has(inode ?? ''))
    .map(([, local = '']) => {
      const [address = '', port = ''] = local.split(':');
      return `${addressOf(address)}:${parseInt(port, 16)}`;
    })
    .sort();
}

function addressOf(hex: string): string {
  if (hex === '0100007F') return '127.0.0.1';
  return hex === '00000000000000000000000001000000' ? '::1' : hex;
}

/** Takes a port of this machine until it is closed. */
export function take(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server));
  });
}

function readdirSafely(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
