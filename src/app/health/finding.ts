import type { WayOut } from '../view/wayOut';

/** What is looked at, in the order in which it is told. */
export const healthChecks = [
  'programs',
  'cluster',
  'databases',
  'temporal',
  'addresses',
  'environments',
  'trash',
  'clocks',
  'locks',
  'disk',
  'watches',
] as const;

export type HealthCheck = (typeof healthChecks)[number];

/** `unknown`: nobody could tell, and why. */
export type FindingState = 'good' | 'warning' | 'problem' | 'unknown';

export interface Finding {
  readonly check: HealthCheck;
  readonly state: FindingState;
  /** One sentence: what was found, and why. It holds what others wrote (paths, branches, reasons). */
  readonly message: string;
  /** The command that puts it right. */
  readonly way?: WayOut | undefined;
  /** What else puts it right, where no command of Coppice does: a sentence. */
  readonly advice?: string | undefined;
  /** What puts it right by itself, and loses nothing: what hangs is ended for it, and what ran in it starts again. */
  readonly fix?: Fix | undefined;
}

export type Fix = 'startCluster' | 'returnDatabases';
