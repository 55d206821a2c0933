/** A TCP connection of this machine, seen from one of its ends. Addresses are as the kernel writes them, those of IPv4 in one way only. */
export interface Connection {
  readonly inode: string;
  readonly local: string;
  readonly remote: string;
}

export interface Ends {
  /** Inodes of the sockets of all processes of a namespace. */
  readonly own: ReadonlySet<string>;
  /** Of those of this cluster: whom it connects to them is known otherwise. */
  readonly cluster: ReadonlySet<string>;
  /** Ports of this machine at which the namespace is reached. */
  readonly ports: ReadonlySet<number>;
}

const established = '01';
/** Of an address of IPv4 in a table of IPv6. */
const mapped = '0000000000000000FFFF0000';

/** Connections that are open: of /proc/net/tcp and tcp6, see proc(5). */
export function parseEstablished(table: string): Connection[] {
  return table.split('\n').flatMap((line) => {
    const [, local = '', remote = '', state, , , , , , inode = ''] = line.trim().split(/\s+/);
    return state === established ? [{ inode, local: plain(local), remote: plain(remote) }] : [];
  });
}

/**
 * Whether somebody outside of a namespace has a connection with it that is open: a client that goes past the gateway, or a server
 * elsewhere from which one of its services waits for an answer. What it has with servers of this machine, as its database, is no use.
 */
export function isConnected(all: readonly Connection[], { own, cluster, ports }: Ends): boolean {
  const byEnds = new Map(all.map((each) => [`${each.local} ${each.remote}`, each]));
  return all.some(({ inode, local, remote }) => {
    if (own.has(inode) && !isLoopback(remote)) return true;
    if (!ports.has(portOf(local))) return false;
    const other = byEnds.get(`${remote} ${local}`);
    return other === undefined || !(own.has(other.inode) || cluster.has(other.inode));
  });
}

function plain(end: string): string {
  return end.startsWith(mapped) ? end.slice(mapped.length) : end;
}

function portOf(end: string): number {
  return Number.parseInt(end.slice(end.indexOf(':') + 1), 16);
}

/** Words of the machine, in its own order of bytes: both orders are read. */
function isLoopback(end: string): boolean {
  const address = end.slice(0, end.indexOf(':'));
  if (address.length === 8) return address.endsWith('7F') || address.startsWith('7F');
  return /^0{24}(?:01000000|00000001)$/.test(address);
}
