import { outputOf } from '@coppice/host/outputOf';
import { windowsProgram } from '@coppice/host/windowsProgram';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { platform } from 'node:os';

/** Where a process listens for TCP connections. */
export interface Listener {
  /** As the system writes it; `*` for all of them. */
  readonly address: string;
  readonly port: number;
}

/** Where the given processes listen, by port. Rejects when the system does not tell. */
export async function listenersOf(pids: readonly number[]): Promise<Listener[]> {
  if (pids.length === 0) return [];
  const found = await readListeners(pids);
  const unique = new Map(found.map((one) => [`${one.port} ${one.address}`, one]));
  return [...unique.values()].sort((a, b) => a.port - b.port);
}

async function readListeners(pids: readonly number[]): Promise<Listener[]> {
  if (platform() === 'linux') return linuxListeners(pids);
  if (platform() === 'win32')
    return parseNetstat(
      await outputOf(windowsProgram('netstat'), ['-a', '-n', '-o'], { timeoutMs: 10_000 }),
      new Set(pids),
    );
  // It ends with 1 where a process listens nowhere.
  const args = ['-n', '-P', '-a', '-i', 'TCP', '-s', 'TCP:LISTEN', '-p', pids.join(','), '-F', 'n'];
  return parseLsof(await outputOf('lsof', args, { usual: [1], timeoutMs: 10_000 }));
}

async function linuxListeners(pids: readonly number[]): Promise<Listener[]> {
  const inodes = new Set((await Promise.all(pids.map(socketsOf))).flat());
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  );
  return tables.flatMap((table) => parseProcNet(table, inodes));
}

/** Inodes of a process's sockets; none of one that has gone, or that is another user's. */
async function socketsOf(pid: number): Promise<string[]> {
  const folder = `/proc/${pid}/fd`;
  const links = await Promise.all(
    (await readdir(folder).catch(() => [])).map((name) => readlink(`${folder}/${name}`).catch(() => '')),
  );
  return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []);
}

const listening = '0A';

/** Of /proc/net/tcp and tcp6, see proc(5): addresses are words of the machine, in its own order of bytes. */
export function parseProcNet(table: string, inodes: ReadonlySet<string>): Listener[] {
  return table.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    const [address = '', port = ''] = local.split(':');
    if (state !== listening || !inodes.has(inode)) return [];
    return [{ address: readAddress(address), port: Number.parseInt(port, 16) }];
  });
}

function readAddress(hex: string): string {
  if (/^0+$/.test(hex)) return '*';
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => [...Buffer.from(word, 'hex')].reverse());
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.slice(0, 15).every((byte) => byte === 0) && bytes[15] === 1) return '::1';
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  if (mapped) return bytes.slice(12).join('.');
  const words = Array.from({ length: 8 }, (_, i) =>
    (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16),
  );
  return words.join(':');
}

/** Of `lsof -F n`: lines `n127.0.0.1:3000`, `n*:3000`, `n[::1]:3000`. */
export function parseLsof(output: string): Listener[] {
  return output.split('\n').flatMap((line) => toListener(/^n(.+):(\d+)$/.exec(line)));
}

/** Of `netstat -ano`; what listens is known by its foreign port 0, as the state is in the person's language. */
export function parseNetstat(output: string, pids: ReadonlySet<number>): Listener[] {
  return output.split(/\r?\n/).flatMap((line) => {
    const match = /^\s*TCP\s+(\S+):(\d+)\s+\S+:0\s.*?(\d+)\s*$/.exec(line);
    return match && pids.has(Number(match[3])) ? toListener(match) : [];
  });
}

function toListener(match: RegExpExecArray | null): Listener[] {
  const [, address, port] = match ?? [];
  if (address === undefined || port === undefined) return [];
  const bare = address.replace(/^\[(.*)\]$/, '$1');
  return [{ address: bare === '0.0.0.0' || bare === '::' ? '*' : bare, port: Number(port) }];
}
