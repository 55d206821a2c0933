import type { FailedRun } from './failedRun';

const names = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()]);

/** What stands in the line of an address that did not answer. */
const unanswered =
  /\bE(?:CONN(?:REFUSED|RESET|ABORTED)|TIMEDOUT|HOSTUNREACH|NETUNREACH|PIPE)\b|\bE(?:NOTFOUND|AI_AGAIN)\b|refused|timed? ?out|unreachable|no such host|\breset\b|(?:fail(?:ed|s)?|could not|cannot|can't|unable) to connect|could not connect/i;

/** That the address at which a program had no answer is that of a proxy, by a variable that names it. */
export async function proxyInUse({ said, env }: FailedRun): Promise<string | undefined> {
  const lines = said.split('\n').filter((line) => unanswered.test(line));
  for (const name of names) {
    const place = placeOf(env[name]);
    if (place !== undefined && lines.some((line) => hasPlace(line, place)))
      return `${place} is the proxy that ${name} names`;
  }
  return undefined;
}

/** Of another host's name, or of another port, it may be a part. */
function hasPlace(line: string, place: string): boolean {
  for (let at = line.indexOf(place); at >= 0; at = line.indexOf(place, at + 1))
    if (!/[\w.-]$/.test(line.slice(Math.max(0, at - 1), at)) && !/^\d/.test(line.slice(at + place.length))) return true;
  return false;
}

/** Without a password that the address may hold. */
function placeOf(address: string | undefined): string | undefined {
  const found = /^(?:\w+:\/\/)?(?:[^@/]*@)?([\w.-]+:\d{1,5})\/?$/.exec(address ?? '')?.[1];
  return found;
}
