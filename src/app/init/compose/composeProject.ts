import type { PlainMapping } from '../../../core/proposedFile';

/** All that compose files say together, as Compose would read them. */
export interface ComposeProject {
  /** Those that were read, the one that Compose begins with first. */
  readonly files: readonly string[];
  /** In the form of `canonicalService`; texts may hold marks of variables that are not known. */
  readonly services: ReadonlyMap<string, PlainMapping>;
  /** Everything beside services: `volumes`, `networks`, `x-…`. */
  readonly others: PlainMapping;
  /** Which profiles are on. */
  readonly profiles: readonly string[];
  /** What could not be read with it: files that lie elsewhere. */
  readonly unread: readonly { readonly path: string; readonly reason: string }[];
}
