import type { Candidate } from './shared/candidate';

/** A service with its place below the environment's URL. */
export interface Routed extends Candidate {
  /** A host of its own: `admin.<environment>`. */
  readonly host?: string;
}

/**
 * Where each service is found: what people look at has the root, what programs ask has `/api` beside it, everything else a host of its
 * own.
 *
 * @param proxied paths that a site hands on to another server while people develop
 * @param asked ports of this machine that variables of the repository name: who asks there knows no path before those of the server
 */
export function routing(
  services: readonly Candidate[],
  proxied: readonly string[],
  asked: ReadonlySet<number> = new Set(),
): Routed[] {
  const open = services.filter(({ port, once, role }) => port !== undefined && !once && role !== 'worker');
  // What stands still answers nobody.
  const running = open.filter(({ replicas }) => replicas !== 0);
  const [first] = running.length > 0 ? running : open;
  const root = (running.length > 0 ? running : open).find(({ role }) => role === 'web') ?? first;
  // A site that answers there itself keeps that, unless it says that it hands it on.
  const isOfRoot = root?.ownsApi === true && !proxied.includes('/api');
  const taken = new Set<string>(['/', ...(isOfRoot ? ['/api'] : [])]);
  return services.map((service): Routed => {
    if (service === root) return { ...service, routes: ['/'] };
    if (!open.includes(service) || service.port === undefined) return { ...service, routes: [] };
    // What it is asked for there says where it answers: below the site's own address no browser has to be let in from another one.
    const known = service.routes ?? (/^\/api\/v\d+\//.test(service.health ?? '') ? ['/api'] : undefined);
    const isAsked = known === undefined && proxied.length === 0 && asked.has(service.port);
    const wanted = service.role === 'api' && !isAsked ? (known ?? (proxied.length > 0 ? proxied : ['/api'])) : [];
    const free = wanted.filter((route) => !taken.has(route));
    for (const route of free) taken.add(route);
    if (free.length === 0) return { ...service, routes: ['/'], host: service.name };
    if (service.routes !== undefined) return { ...service, routes: free };
    const why =
      known !== undefined
        ? 'what its health check asks for is below it'
        : proxied.length > 0
          ? 'the paths that the site hands on while people develop'
          : 'the paths below which it answers';
    return { ...service, routes: free, guesses: { ...service.guesses, routes: why } };
  });
}

/** The paths that a configuration of Vite or of another dev server hands on. */
export function proxiedPaths(text: string): string[] {
  const [, block = ''] = /\bproxy\s*:\s*\{([^]*)/.exec(text) ?? [];
  const found = [...block.matchAll(/['"`]\^?(\/[A-Za-z0-9_/-]+)['"`]\s*:\s*(?:\{|['"`]https?:)/g)].map(
    ([, path = '']) => path,
  );
  return [...new Set(found.map((path) => path.replace(/(.)\/$/, '$1')))].slice(0, 5);
}
