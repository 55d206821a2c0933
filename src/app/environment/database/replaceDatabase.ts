import { assertSnapshotName, snapshotNamed } from '../../../core/databaseSnapshots';
import type { ReplacedDatabase } from '../../../core/ports/databaseSnapshots';
import type { WakePorts } from '../../services/wakeEnvironment';
import type { UseCase } from '../../run/run';
import { environmentParts } from '../parts/environmentParts';
import type { Part } from '../parts/part';
import { prepareTemplate, type RefreshTemplatePorts } from '../template/refreshTemplate';
import { databaseAt, type DatabaseAt, type DatabaseAtPorts } from './databaseAt';
import type { SnapshotAt } from './snapshots';
import { whileAsleep, type AfterSleep } from './whileAsleep';

export type RestorePorts = DatabaseAtPorts & WakePorts;
export type ResetPorts = RestorePorts & RefreshTemplatePorts;

export type Replaced = AfterSleep<ReplacedDatabase>;

/**
 * Brings back a state that an environment's database once had. What it has now becomes a snapshot first, and the one that is brought back
 * stays. Services sleep meanwhile; cut off at any point it can be done again.
 *
 * @throws invalidInput; notFound naming those that there are; conflict
 */
export function restoreSnapshot(ports: RestorePorts): UseCase<SnapshotAt, Replaced> {
  return async (at, run) => {
    const { signal } = run;
    assertSnapshotName(at.name);
    const found = await databaseAt(ports, at, signal);
    return whileAsleep(ports, at, 'its database is restored', run, {
      look: async () => void snapshotNamed(await ports.databases.listSnapshots(found.owner, signal), at.name),
      work: () => ports.databases.restoreSnapshot({ ...found, name: at.name }, signal),
    });
  };
}

/**
 * Puts a new clone of the template, as its recipe says it now, in the place of an environment's database. What it has now becomes a
 * snapshot first. Services sleep meanwhile; cut off at any point it can be done again.
 *
 * @throws notFound, conflict; as refreshTemplate, where the template has to be built
 */
export function resetDatabase(
  ports: ResetPorts,
  parts: readonly Part[] = environmentParts,
): UseCase<DatabaseAt, Replaced & { readonly template: string }> {
  return async (at, run) => {
    const { signal } = run;
    const found = await databaseAt(ports, at, signal);
    // Before anything sleeps: it may take long, and be refused.
    const { name: template } = await prepareTemplate(ports, parts, { folder: at.path, anew: false }, run);
    const replaced = await whileAsleep(ports, at, 'its database is reset', run, {
      look: () => Promise.resolve(),
      work: () => ports.databases.resetDatabase({ ...found, template }, signal),
    });
    return { ...replaced, template };
  };
}
