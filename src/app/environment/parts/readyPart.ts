import type { Identity } from '../../../core/model';
import { podsTrouble } from '../../databases/databaseReach';
import { shortfallOf, waitReady, type Readiness } from '../../services/waitReady';
import { namespacePart } from './namespacePart';
import { definePart } from './part';
import { releasePart } from './releasePart';
import { worktreePart } from './worktreePart';

export interface ReadyEnvironment {
  /** As it is recorded from now on: created. */
  readonly identity: Identity;
  readonly readiness: Readiness;
  /** What to know of the environment, for a person. */
  readonly notes: readonly string[];
}

/** The wait for the services; whether they get ready or not, the environment is made then. */
export const readyPart = definePart({
  id: 'ready',
  after: [releasePart, namespacePart, worktreePart],
  title: 'Wait until the services are ready',
  async make({ ports, prepared, made, signal, tell }) {
    const { cluster, identities } = ports;
    const { identity } = made(namespacePart);
    const settings = ports.settings();
    const options = {
      timeoutMs: settings['create.readyTimeout'] * 1000,
      steadyMs: settings['create.steadyTime'] * 1000,
      tell,
    };
    const place = { repositoryId: identity.owner.repositoryId, namespace: identity.names.namespace };
    const readiness = await waitReady(cluster, place, prepared.file.services, options, signal);
    const trouble = readiness.ready ? undefined : await podsTrouble(cluster, identity, readiness.services, signal);
    const unsaved = await cluster.stateTrouble(signal);
    const notes = [trouble, unsaved].filter((note) => note !== undefined);
    const created: Identity = { ...identity, state: 'created' };
    await identities.write(made(worktreePart).worktree, created);
    const value: ReadyEnvironment = {
      identity: created,
      readiness: unsaved === undefined ? readiness : { ...readiness, ready: false },
      notes,
    };
    return { value, short: unsaved ?? shortfallOf(readiness)?.short };
  },
});
