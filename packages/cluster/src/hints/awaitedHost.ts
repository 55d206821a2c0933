import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const resolveMs = 500;
/** `wait-for-it.sh: waiting for db:5432`, `Waiting for postgres at tcp://db:5432 ...` */
const awaits = /\bwait(?:ing|s)?\b/i;
const place = /(?<![\w.:@-])([A-Za-z][\w.-]{0,200}):\d{2,5}(?![\w.:-])/;

/** The host that a program says it waits for, where nobody on this machine knows it. Never rejects. */
export async function awaitedHost(
  lines: readonly string[],
  resolves: (host: string) => Promise<boolean> = isKnown,
): Promise<string | undefined> {
  const last = lines.findLast((line) => line.trim() !== '') ?? '';
  const said = awaits.exec(last.slice(0, 1000));
  const host = said ? place.exec(said.input.slice(said.index))?.[1] : undefined;
  if (host === undefined || isIP(host) !== 0 || host.toLowerCase() === 'localhost') return undefined;
  return (await resolves(host)) ? undefined : `nobody here knows the host ${host}`;
}

/** Who does not say so in time may know it. */
async function isKnown(host: string): Promise<boolean> {
  const asked = lookup(host).then(
    () => true,
    (error: unknown) => !(error instanceof Error && 'code' in error && error.code === 'ENOTFOUND'),
  );
  return Promise.race([asked, delay(resolveMs, true)]);
}
