import type { ServiceStatus } from '../../core/model';

/** An address of an environment, and the service that answers there. */
export interface Address {
  readonly url: string;
  readonly service: string;
}

/** Every address once, the shortest first: that is the one that opens. */
export function addressesOf(services: readonly Pick<ServiceStatus, 'name' | 'urls'>[]): readonly Address[] {
  const found = new Map<string, string>();
  for (const { name, urls } of services) for (const url of urls) if (!found.has(url)) found.set(url, name);
  return [...found]
    .map(([url, service]) => ({ url, service }))
    .sort((a, b) => a.url.length - b.url.length || (a.url < b.url ? -1 : 1));
}
