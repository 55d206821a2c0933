import type { LeftOut } from '../shared/candidate';
import { whyLeftOut } from './serviceKeys';

/** Which keys of one service are carried over: all others are left out, so that none is forgotten. */
export class LeftKeys {
  readonly #carried = new Set<string>();
  readonly #reasons = new Map<string, string>();

  carry(...keys: readonly string[]): void {
    for (const key of keys) this.#carried.add(key);
  }

  /** @param path a key, or something inside of one: `environment.DB_HOST` */
  leave(path: string, reason: string): void {
    this.#reasons.set(path, reason);
  }

  /** @param keys all that the service has */
  leftOut(file: string, service: string, keys: readonly string[]): LeftOut[] {
    const whole = keys.filter((key) => !this.#carried.has(key) || this.#reasons.has(key));
    const reasons = [...whole.map((key): [string, string] => [key, this.#reasons.get(key) ?? whyLeftOut(key)])];
    const parts = [...this.#reasons].filter(
      ([path]) => path.includes('.') && !whole.includes(path.slice(0, path.indexOf('.'))),
    );
    return [...reasons, ...parts].map(([path, reason]) => ({ file, path: `services.${service}.${path}`, reason }));
  }
}
