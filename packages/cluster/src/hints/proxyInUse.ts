import type { FailedRun } from './failedRun';

const names = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()]);

/** That the address at which a program had no answer is that of a proxy, by a variable that names it. */
export async function proxyInUse({ said, env }: FailedRun): Promise<string | undefined> {
  for (const name of names) {
    const place = placeOf(env[name]);
    if (place !== undefined && said.includes(place)) return `${place} is the proxy that ${name} names`;
  }
  return undefined;
}

/** Without a password that the address may hold. */
function placeOf(address: string | undefined): string | undefined {
  const found = /^(?:\w+:\/\/)?(?:[^@/]*@)?([\w.-]+:\d{1,5})\/?$/.exec(address ?? '')?.[1];
  return found;
}
