import type { Settings } from '../../core/settings';

export interface TemporalServerOptions {
  /** COPPICE_HOME. Absolute. */
  readonly home: string;
  readonly settings: () => Pick<Settings, 'temporal.address' | 'temporal.path'>;
  /** Its PATH is looked through. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How long the server may take to answer, and a namespace until it can be used. Milliseconds. */
  readonly patienceMs?: number;
  /** How long a server may take to say that it is there. Milliseconds. */
  readonly probeMs?: number;
}
