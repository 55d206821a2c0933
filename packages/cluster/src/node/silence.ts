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
  /** Where it and its children listen. */
  readonly listeners: readonly Listener[];
  /** The last lines of its log. */
  readonly lines: readonly string[];
}

const localhost = new Set(['*', '127.0.0.1', '::1']);
/** What watchers print when the program that they run has ended by an error, and they wait for its files to change. */
const watcherWaits =
  /^(?:\[nodemon\] app crashed|Failed running '|\[tsx\] .*(?:crash|exit)|.*waiting for (?:file )?changes)/i;

/** Why nothing answers, in words that a person can act on, and without an address that only a real cluster has. */
export function silenceReason({ port, isTold, others, listeners, lines }: SilentProcess): string {
  const own = `its ${isTold ? 'PORT' : 'port'} ${port}`;
  const said = tellingLine(lines.join('\n'), 'last');
  const log = said === undefined ? '' : `; its log says: ${said}`;
  const here = listeners.filter((one) => one.port === port).map(({ address }) => address);
  if (here.some((address) => localhost.has(address))) return `listens on ${own}, but does not answer`;
  if (here.length > 0) return `listens on ${own} at ${here.join(' and ')} only, not at localhost`;
  const elsewhere = [...new Set(listeners.map((one) => one.port))].filter((one) => !others.includes(one));
  const hasCrashed = lines.some((line) => watcherWaits.test(line));
  if (elsewhere.length > 0 && !hasCrashed) return `listens on ${elsewhere.join(' and ')}, not on ${own}`;
  return `nothing listens on ${own}${log}`;
}
