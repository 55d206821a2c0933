import { AppError } from '../errors';

/**
 * What a query is about. Only a namespace that Kubernetes itself could hold gets into a query or an address, and a variable
 * of a dashboard.
 */
export interface Scope {
  /** As it stands between the quotes of a selector. */
  readonly namespace: string;
  /** Over how long a rate is taken: a duration of Prometheus (`5m`), or Grafana's own word for it. */
  readonly window: string;
}

/** Dashboards of Grafana: it puts in the variable's value, escaped, and a window that fits the zoom and the scrapes. */
export const grafanaScope: Scope = { namespace: '$namespace', window: '$__rate_interval' };

/** @throws invalidInput when it is no name of a namespace */
export function namespaceScope(namespace: string, window = '5m'): Scope {
  if (!/^\d{1,6}(ms|[smhd])$/.test(window))
    throw new AppError('invalidInput', `${JSON.stringify(window)} is no duration of Prometheus.`);
  return { namespace: verifiedNamespace(namespace), window };
}

/** @throws invalidInput when it is no name of a namespace */
export function verifiedNamespace(namespace: string): string {
  if (namespace.length > 63 || !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(namespace))
    throw new AppError('invalidInput', `${JSON.stringify(namespace)} is no name of a namespace.`);
  return namespace;
}
