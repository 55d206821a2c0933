import type { Owner } from '../model';
import type { TemporalNews } from '../temporalNews';

/** What runs in environments' namespaces in Temporal, by the web interface of the server that `temporal.address` names. */
export interface TemporalWorkflows {
  /**
   * What is known of each now, by its name. Starts nothing, and takes a few seconds at most.
   *
   * @throws only the signal's reason
   */
  read(namespaces: readonly OwnedNamespace[], signal: AbortSignal): Promise<ReadonlyMap<string, TemporalNews>>;
}

export interface OwnedNamespace {
  readonly name: string;
  readonly owner: Owner;
}
