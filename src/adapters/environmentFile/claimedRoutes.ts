import type { ServiceSpec } from '../../core/environmentFile';
import { pointerOf, quote, type Value } from './readYaml';
import { givenText, type Mapping, type TellProblem } from './values';

/** Where services are reached: each path of a host belongs to one. */
export class ClaimedRoutes {
  /** Whose each is, by host and path. */
  readonly #taken = new Map<string, string>();
  readonly #problem: TellProblem;

  constructor(problem: TellProblem) {
    this.#problem = problem;
  }

  /** Where it is reached; a host of its own is its all, unless it says more. */
  of(service: string, value: Mapping): Pick<ServiceSpec, 'routes' | 'host' | 'stripPrefix'> {
    const host = givenText(value['host']);
    const routes = this.#routesOf(service, host, value['routes']);
    const stripPrefix = value['stripPrefix'] === true;
    // Of a host of its own the path is all there is, and nothing is left to take away.
    const hasRoutes = Array.isArray(value['routes']) && value['routes'].length > 0;
    if (stripPrefix && !hasRoutes)
      this.#problem(
        pointerOf(['services', service, 'stripPrefix']),
        'takes the path of a route away, and there are no routes',
      );
    return { routes, ...(host === undefined ? {} : { host }), ...(stripPrefix ? { stripPrefix } : {}) };
  }

  #routesOf(service: string, host: string | undefined, value: Value | undefined): string[] {
    const under = host === undefined ? '' : ` of the host ${quote(host)}`;
    const claim = (route: string, written: string, pointer: string): string => {
      const key = `${host ?? ''} ${route}`;
      const other = this.#taken.get(key);
      if (other === undefined) this.#taken.set(key, service);
      else if (other !== service) this.#problem(pointer, `${quote(written)} is already a route${under} of ${other}`);
      return route;
    };
    if (!Array.isArray(value) || value.length === 0)
      return host === undefined ? [] : [claim('/', '/', pointerOf(['services', service, 'host']))];
    return value
      .filter((route) => typeof route === 'string')
      .map((route, index) => {
        const pointer = pointerOf(['services', service, 'routes', index]);
        const parts = route.split('/');
        if (parts.includes('.') || parts.includes('..')) this.#problem(pointer, 'must have no "." and no ".." in it');
        // "/api" and "/api/" lead to one place.
        const plain = route === '/' ? route : route.replace(/\/$/, '');
        return claim(plain, route, pointer);
      });
  }
}
