/**
 * `missing`: the server has none of the name that is this environment's; `away`: it does not answer; `untold`: it may well work, and
 * nobody tells what is in it. `why` without a full stop.
 */
export type TemporalNews =
  | {
      readonly state: 'told';
      readonly running: number;
      /** Those that failed or ran out of time, for as long as the namespace keeps what has ended. */
      readonly failed: number;
      /** The address of its page; undefined: it has none that a browser reaches. */
      readonly page?: string;
    }
  | { readonly state: 'missing' | 'away' | 'untold'; readonly why: string };

/** @param base of the web interface */
export function temporalPageAt(base: string, namespace: string): string {
  return `${base.replace(/\/+$/, '')}/namespaces/${encodeURIComponent(namespace)}/workflows`;
}
