import { tellingLine } from '@coppice/host/tellingLine';
import type { Listener } from '../network/listeners';

/** What is known of a container's process at whose port nothing answers. */
export interface SilentProcess {
  /** The port of this machine that it is asked at. */
  readonly port: number;
  /** Whether it is told that port by the variable PORT. */
  readonly isTold: boolean;
  /** Ports that it may well listen at besides: its metrics. */
  readonly others: readonly number[];
  /** Where a debugger waits, by its own words. */
  readonly debuggers: readonly number[];
  /** Where it and its children listen. */
  readonly listeners: readonly Listener[];
  /** What else is known of why it is silent. */
  readonly hint?: string | undefined;
  /** The last lines of its log. */
  readonly lines: readonly string[];
}

const localhost = new Set(['*', '127.0.0.1', '::1']);
/**
 * Where debuggers wait, which are started with a program and before it: those of Python, Java, Go, Bun and Chromium, and of Node.js, which
 * counts up where several processes are debugged.
 */
const debuggers = new Set([5678, 5005, 2345, 40_000, 6499, 9222, ...Array.from({ length: 11 }, (_, at) => 9229 + at)]);
/** What watchers print when the program that they run has ended by an error, and they wait for its files to change. */
const watcherWaits =
  /^(?:\[nodemon\] app crashed|Failed running '|\[tsx\] .*(?:crash|exit)|.*waiting for (?:file )?changes)/i;

/** Why nothing answers, in words that a person can act on, and without an address that only a real cluster has. */
export function silenceReason(process: SilentProcess): string {
  const { port, isTold, listeners, hint, lines } = process;
  const own = `its ${isTold ? 'PORT' : 'port'} ${port}`;
  const said = tellingLine(lines.join('\n'), 'last');
  const log = `${hint === undefined ? '' : `; ${hint}`}${said === undefined ? '' : `; its log says: ${said}`}`;
  const here = listeners.filter((one) => one.port === port).map(({ address }) => address);
  if (here.some((address) => localhost.has(address))) return `listens on ${own}, but does not answer`;
  if (here.length > 0) return `listens on ${own} at ${here.join(' and ')} only, not at localhost`;
  const elsewhere = elsewherePorts(process);
  if (elsewhere.length > 0 && !hasCrashed(lines)) return `listens on ${elsewhere.join(' and ')}, not on ${own}`;
  return `nothing listens on ${own}${log}`;
}

/**
 * The port at which a process listens in place of the one that it was told; undefined where that is in any doubt: it was told none, it
 * listens at several or at none, it has crashed, or nobody reaches it at localhost.
 */
export function strayPort(process: SilentProcess): number | undefined {
  const { port, isTold, listeners, lines } = process;
  const [only, ...more] = elsewherePorts(process).filter((one) => !debuggers.has(one));
  const isHere = listeners.some((one) => one.port === port);
  if (!isTold || isHere || only === undefined || more.length > 0 || hasCrashed(lines)) return undefined;
  return listeners.some((one) => one.port === only && localhost.has(one.address)) ? only : undefined;
}

function elsewherePorts({ listeners, others, debuggers: named }: SilentProcess): number[] {
  return [...new Set(listeners.map((one) => one.port))].filter((one) => !others.includes(one) && !named.includes(one));
}

function hasCrashed(lines: readonly string[]): boolean {
  return lines.some((line) => watcherWaits.test(line));
}
