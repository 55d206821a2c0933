import type { ServiceSpec } from './environmentFile';

/** Where a service is reached: at its shortest path, beneath the environment's host or one before that. */
export type ServiceAddress = { readonly path: string; readonly host?: string };

/** undefined: no URL leads to it. */
export function serviceAddress({
  port,
  routes,
  host,
}: Pick<ServiceSpec, 'port' | 'routes' | 'host'>): ServiceAddress | undefined {
  const [path] = [...routes].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  return port === undefined || path === undefined ? undefined : { path, ...(host === undefined ? {} : { host }) };
}
