import { isLoopback } from '@coppice/host/isLoopback';
import { stripPrefixAnnotation } from '../contract';
import { numberAt, recordAt, recordsAt, textAt, type ObjectFields } from '../schema/kubeObject';
import type { ObjectStore } from '../store/objectStore';

/** Where a request goes. */
export interface Route {
  ingress: string;
  namespace: string;
  /** As the Ingress writes it; empty for a rule without a host. */
  host: string;
  path: string;
  exact: boolean;
  service: string;
  port: number | string;
  /** The path at the front that the service is not to see. */
  stripped?: string | undefined;
}

/** The rules of all Ingress objects. */
export class RouteTable {
  private hosts: Map<string, Route[]> | undefined;
  private readonly unsubscribe: () => void;

  constructor(private readonly objects: ObjectStore) {
    this.unsubscribe = objects.subscribe(({ kind }) => {
      if (kind === 'Ingress') this.hosts = undefined;
    });
  }

  close(): void {
    this.unsubscribe();
  }

  /** The hosts that are served, in alphabetical order. */
  get knownHosts(): string[] {
    return [...this.table().keys()].filter((host) => host !== '').sort();
  }

  /** Every rule of every host. */
  get all(): Route[] {
    return [...this.table().values()].flat();
  }

  /** Whether any rule is for this host, whatever the path. */
  knows(host: string): boolean {
    return this.routesOf(host).length > 0;
  }

  /** The best rule: an exact path before a prefix, a longer prefix before a shorter one. */
  find(host: string, path: string): Route | undefined {
    return this.routesOf(host).find((route) => matchesPath(route, path));
  }

  /** A host's own rules come before those of a wildcard. Rules without a host serve this machine's own names only. */
  private routesOf(host: string): Route[] {
    const table = this.table();
    const wildcard = `*${host.slice(host.indexOf('.'))}`;
    return [
      ...(table.get(host) ?? []),
      ...(host.includes('.') ? (table.get(wildcard) ?? []) : []),
      ...(isLoopback(host) ? (table.get('') ?? []) : []),
    ];
  }

  private table(): Map<string, Route[]> {
    if (this.hosts) return this.hosts;
    const hosts = new Map<string, Route[]>();
    const ingresses = [...this.objects.list('Ingress').items].sort((a, b) =>
      (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? ''),
    );
    for (const ingress of ingresses) {
      const { namespace = 'default', name } = ingress.metadata;
      const stripped = ingress.metadata.annotations?.[stripPrefixAnnotation];
      const base = { ingress: name, namespace, ...(stripped === undefined ? {} : { stripped: trimmed(stripped) }) };
      for (const rule of recordsAt(ingress, 'spec', 'rules')) {
        const host = (textAt(rule, 'host') ?? '').toLowerCase();
        for (const path of recordsAt(rule, 'http', 'paths')) {
          const target = targetOf(recordAt(path, 'backend'));
          if (!target) continue;
          const exact = textAt(path, 'pathType') === 'Exact';
          add({ ...base, ...target, host, path: textAt(path, 'path') ?? '/', exact });
        }
      }
      const fallback = targetOf(recordAt(ingress, 'spec', 'defaultBackend'));
      if (fallback) {
        const named = recordsAt(ingress, 'spec', 'rules').map((rule) => (textAt(rule, 'host') ?? '').toLowerCase());
        for (const host of new Set(named.length > 0 ? named : [''])) {
          add({ ...base, ...fallback, host, path: '', exact: false });
        }
      }
    }
    for (const routes of hosts.values()) routes.sort(byPrecedence);
    this.hosts = hosts;
    return hosts;

    function add(route: Route): void {
      hosts.set(route.host, [...(hosts.get(route.host) ?? []), route]);
    }
  }
}

/** The host of a Host header, without port and final dot; empty when there is none. */
export function hostOf(header: string | undefined): string {
  const host = (header ?? '').trim().toLowerCase();
  const bare = host.startsWith('[') ? host.slice(0, host.indexOf(']') + 1) : host.replace(/:\d*$/, '');
  return bare.replace(/\.$/, '');
}

function targetOf(backend: ObjectFields | undefined): Pick<Route, 'service' | 'port'> | undefined {
  const service = textAt(backend, 'service', 'name');
  const port = numberAt(backend, 'service', 'port', 'number') ?? textAt(backend, 'service', 'port', 'name');
  return service === undefined || port === undefined ? undefined : { service, port };
}

/** Stable, so that of two equal rules the older Ingress's wins. */
function byPrecedence(a: Route, b: Route): number {
  return Number(b.exact) - Number(a.exact) || trimmed(b.path).length - trimmed(a.path).length;
}

function matchesPath(route: Route, path: string): boolean {
  if (route.exact) return path === route.path;
  const prefix = trimmed(route.path);
  return prefix === '' || path === prefix || path.startsWith(`${prefix}/`);
}

function trimmed(path: string): string {
  return path.replace(/\/+$/, '');
}
