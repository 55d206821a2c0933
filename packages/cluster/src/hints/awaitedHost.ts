import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const resolveMs = 500;
/** `wait-for-it.sh: waiting for db:5432`, `Waiting for postgres at tcp://db:5432 ...` */
const awaits = /\bwait(?:ing|s)?\b/i;
const place =
  /\b(?:for|at|on|to)(?: the)?:? {1,4}["'`]?(?:[a-z][\w+.-]{0,20}:\/\/)?(?:[^\s@/]{1,200}@)?([a-z][\w.-]{0,200}):\d{2,5}(?![\w.:-])/i;
/** Who waits for others to come says where it is itself. */
const isAsked = /\b(?:connections|requests|clients|changes|messages|jobs|debugger)\b/i;
/** `app.py:88` is where in a program, and `job:1234` which one. */
const noHost =
  /^[\w-]+\.(?:[cm]?[jt]sx?|vue|py|rb|go|rs|php|java|kts?|exs?|cs|cc|cpp|sh|lua|scala|swift)$|^(?:p?pid|port|id|job|task|step|attempts?|retry|retries|timeout|lock|line|thread|shard|partition|process)$/i;

/** The host that a program says it waits for, where nobody on this machine knows it. Never rejects. */
export async function awaitedHost(
  lines: readonly string[],
  resolves: (host: string) => Promise<boolean> = isKnown,
): Promise<string | undefined> {
  const last = lines.findLast((line) => line.trim() !== '') ?? '';
  const said = awaits.exec(last.slice(0, 1000));
  const text = said?.input.slice(said.index) ?? '';
  const host = isAsked.test(text) ? undefined : place.exec(text)?.[1];
  if (host === undefined || noHost.test(host) || isIP(host) !== 0 || host.toLowerCase() === 'localhost')
    return undefined;
  return (await resolves(host)) ? undefined : `nobody here knows the host ${host}`;
}

let isAsking = false;

/**
 * Who does not say so in time may know it. One is asked for at a time: what does not answer holds one of the few threads by which this
 * program reads files, for longer than anybody waits here.
 */
export async function isKnown(host: string, ask: (host: string) => Promise<unknown> = lookup): Promise<boolean> {
  if (isAsking) return true;
  isAsking = true;
  const asked = ask(host)
    .then(
      () => true,
      (error: unknown) => !(error instanceof Error && 'code' in error && error.code === 'ENOTFOUND'),
    )
    .finally(() => (isAsking = false));
  return Promise.race([asked, delay(resolveMs, true)]);
}
