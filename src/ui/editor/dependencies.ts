import type { Product } from '../../app/product';
import type { SnapshotStore } from '../../app/snapshot/snapshotStore';
import type { Logger } from '../../core/ports/host';

/**
 * What the UI works with: the product, and what only a window has. Calling any of the product may load large chunks, so nothing
 * but `store.snapshot` and `store.onDidChange` is touched while the extension activates, and nothing at all in a folder that is
 * not trusted.
 */
export interface UiDependencies extends Omit<Product, 'home' | 'snapshots' | 'hooks' | 'diagnosis' | 'agentTools'> {
  readonly diagnosis: Pick<Product['diagnosis'], 'compare'>;
  /** Of the window's repository. */
  readonly store: SnapshotStore;
  readonly log: UiLog;
  /** Kept where the editor keeps secrets. */
  readonly secrets: UiSecrets;
}

export interface UiSecrets {
  /** undefined forgets it. */
  storePostgresPassword(password: string | undefined): Promise<void>;
  /** undefined forgets it. */
  storeGrafanaPassword(password: string | undefined): Promise<void>;
  /** All that is kept, so that it can be taken out of what others read. */
  values(): Promise<readonly string[]>;
}

/** The log that a person can open. */
export interface UiLog extends Logger {
  show(): void;
  /** Its last lines, of this window. */
  recent(): readonly string[];
}
