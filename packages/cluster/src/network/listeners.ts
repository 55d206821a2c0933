import { outputOf } from '@coppice/host/outputOf';
import { windowsProgram } from '@coppice/host/windowsProgram';
import { readdirSync, readlinkSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { platform } from 'node:os';
import { setImmediate as turn } from 'node:timers/promises';

/** Where a process listens for TCP connections. */
export interface Listener {
  /** As the system writes it; `*` for all of them. */
  readonly address: string;
  readonly port: number;
}

/** By process. */
export type Listeners = ReadonlyMap<number, readonly Listener[]>;

/** What one turn of the event loop looks into: a few milliseconds' worth. */
const PROCESSES_A_TURN = 50;
const CHUNK_BYTES = 64 * 1024;

/** Where the given processes listen, by port. Rejects when the system does not tell. */
export async function listenersOf(pids: readonly number[]): Promise<Listener[]> {
  const unique = new Map(
    [...(await listenersByPid(pids)).values()].flat().map((one) => [`${one.port} ${one.address}`, one]),
  );
  return [...unique.values()].sort((a, b) => a.port - b.port);
}

/** Where each of the given processes listens; those that listen nowhere are left out. Rejects when the system does not tell. */
export async function listenersByPid(pids: readonly number[]): Promise<Listeners> {
  if (pids.length === 0) return new Map();
  if (platform() === 'linux') return linuxListeners(pids);
  if (platform() === 'win32')
    return parseNetstat(
      await outputOf(windowsProgram('netstat'), ['-a', '-n', '-o'], { timeoutMs: 10_000 }),
      new Set(pids),
    );
  // It ends with 1 where a process listens nowhere.
  const args = ['-n', '-P', '-a', '-i', 'TCP', '-s', 'TCP:LISTEN', '-p', pids.join(','), '-F', 'pn'];
  return parseLsof(await outputOf('lsof', args, { usual: [1], timeoutMs: 10_000 }));
}

async function linuxListeners(pids: readonly number[]): Promise<Listeners> {
  const sockets = new Map<string, Listener>();
  for (const name of ['tcp', 'tcp6'])
    for (const [inode, listener] of parseProcNet(await listeningLines(`/proc/net/${name}`)))
      sockets.set(inode, listener);
  const found = new Map<number, Listener[]>();
  for (const [index, pid] of pids.entries()) {
    if (index % PROCESSES_A_TURN === PROCESSES_A_TURN - 1) await turn();
    const held = socketsOf(pid).flatMap((inode) => sockets.get(inode) ?? []);
    if (held.length > 0) found.set(pid, held);
  }
  return found;
}

/** The kernel writes the sockets that listen before all others, of which there may be thousands. '' where there is no such file. */
async function listeningLines(path: string): Promise<string> {
  const file = await open(path).catch(() => undefined);
  if (!file) return '';
  try {
    let text = '';
    const buffer = Buffer.alloc(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES);
      text += buffer.toString('latin1', 0, bytesRead);
      const last = text.slice(0, text.lastIndexOf('\n')).split('\n').at(-1) ?? '';
      const isBeyond = /^\s*\d+:/.test(last) && last.trim().split(/\s+/)[3] !== listening;
      if (bytesRead === 0 || isBeyond) return text;
    }
  } finally {
    await file.close();
  }
}

/** Inodes of a process's sockets; none of one that has gone, or that is another user's. */
export function socketsOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).flatMap((name) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${name}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

const listening = '0A';

/** Sockets that listen, by inode. Of /proc/net/tcp and tcp6, see proc(5): addresses are words of the machine, in its own order of bytes. */
export function parseProcNet(table: string): Map<string, Listener> {
  const found = new Map<string, Listener>();
  for (const line of table.split('\n')) {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    const [address = '', port = ''] = local.split(':');
    if (state === listening) found.set(inode, { address: readAddress(address), port: Number.parseInt(port, 16) });
  }
  return found;
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

/** Of `lsof -F pn`: a line `p123` for each process, then its lines `n127.0.0.1:3000`, `n*:3000`, `n[::1]:3000`. */
export function parseLsof(output: string): Listeners {
  const found = new Map<number, Listener[]>();
  let pid = 0;
  for (const line of output.split('\n')) {
    if (line.startsWith('p')) pid = Number(line.slice(1));
    add(found, pid, /^n(.+):(\d+)$/.exec(line));
  }
  return found;
}

/** Of `netstat -ano`; what listens is known by its foreign port 0, as the state is in the person's language. */
export function parseNetstat(output: string, pids: ReadonlySet<number>): Listeners {
  const found = new Map<number, Listener[]>();
  for (const line of output.split(/\r?\n/)) {
    const match = /^\s*TCP\s+(\S+):(\d+)\s+\S+:0\s.*?(\d+)\s*$/.exec(line);
    const pid = Number(match?.[3]);
    if (pids.has(pid)) add(found, pid, match);
  }
  return found;
}

function add(found: Map<number, Listener[]>, pid: number, match: RegExpExecArray | null): void {
  const [, address, port] = match ?? [];
  if (address === undefined || port === undefined) return;
  const bare = address.replace(/^\[(.*)\]$/, '$1');
  const listener = { address: bare === '0.0.0.0' || bare === '::' ? '*' : bare, port: Number(port) };
  found.set(pid, [...(found.get(pid) ?? []), listener]);
}
