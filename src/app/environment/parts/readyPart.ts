import type { EnvironmentFile } from '../../../core/environmentFile';
import type { Identity } from '../../../core/model';
import { podsTrouble } from '../../databases/databaseReach';
import { starterOf } from '../../services/starterOf';
import { shortfallOf, waitReady, type Readiness } from '../../services/waitReady';
import { failedText } from '../../dependencies/broughtText';
import { dependenciesPart } from './dependenciesPart';
import { migratePart } from './migratePart';
import { namespacePart } from './namespacePart';
import { definePart } from './part';
import { releasePart } from './releasePart';
import { restartServices } from './restartServices';
import { waitingServices } from './waitingServices';
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
  after: [releasePart, namespacePart, worktreePart, dependenciesPart, migratePart],
  title: 'Wait until the services are ready',
  async make({ ports, prepared, made, signal, tell }) {
    const { cluster, identities, installs, workloads } = ports;
    const { identity } = made(namespacePart);
    const { owner, names } = identity;
    const settings = ports.settings();
    const options = {
      timeoutMs: settings['create.readyTimeout'] * 1000,
      steadyMs: settings['create.steadyTime'] * 1000,
      tell,
      starter: starterOf(workloads, { namespace: names.namespace, owner, again: runsOnce(prepared.file) }, signal),
    };
    if (prepared.identity?.state === 'created') {
      // What runs knows nothing of dependencies that came since it was started.
      const hasNewModules = (made(dependenciesPart) ?? []).some(({ how }) => how === 'reflink' || how === 'install');
      const stale = hasNewModules ? prepared.file.services : await waitingServices(cluster, identity, signal);
      await restartServices(ports, identity, stale, signal);
    }
    const place = { repositoryId: owner.repositoryId, namespace: names.namespace };
    const waited = waitReady(cluster, place, prepared.file.services, options, signal);
    const readiness = await waited.finally(made(releasePart).settled);
    const trouble = readiness.ready ? undefined : await podsTrouble(cluster, identity, readiness.services, signal);
    const unsaved = await cluster.stateTrouble(signal);
    // Its services may run all the same; but what it is made for, somebody who works in it, would find half of what it needs.
    const failed = (made(dependenciesPart) ?? []).flatMap((each) => failedText(each) ?? []);
    const unmigrated = made(migratePart)?.trouble;
    const notes = [...failed, unmigrated, trouble, unsaved].filter((note) => note !== undefined);
    const isWhole = unsaved === undefined && unmigrated === undefined && failed.length === 0;
    const created: Identity = { ...identity, state: 'created' };
    const { worktree } = made(worktreePart);
    // What was left of projects that are gone, or that the file switches off by now, is nobody's to finish.
    if (failed.length === 0 && (await installs.begun(worktree)).length > 0) await installs.write(worktree, []);
    await identities.write(worktree, created);
    const value: ReadyEnvironment = {
      identity: created,
      readiness: isWhole ? readiness : { ...readiness, ready: false },
      notes,
    };
    return { value, short: unsaved ?? shortfallOf(readiness)?.short };
  },
});

/** What runs to its end runs again with each create and update. */
function runsOnce({ services }: EnvironmentFile): ReadonlySet<string> {
  return new Set(services.filter(({ once }) => once).map(({ name }) => name));
}
