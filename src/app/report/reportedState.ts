import type { Snapshot } from '../../core/model';
import { snapshotJson } from '../view/snapshotJson';

/** Of the work, and of which cluster it is: no matter of a report. */
const left: ReadonlySet<string> = new Set(['lastCommit', 'clusterIdentity', 'head']);

/** What `coppice list --json` says, without what is only about the work itself. */
export function reportedState(snapshot: Snapshot): unknown {
  return JSON.parse(
    JSON.stringify(snapshotJson(snapshot), (key, value: unknown) => (left.has(key) ? undefined : value)),
  );
}
