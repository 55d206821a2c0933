import type { EnvironmentFile } from '../../../core/environmentFile';
import type { EnvironmentFacts } from '../../../core/facts';
import { podsGone } from '../../services/podsGone';
import { startGate, type SettledStart } from '../../services/startGate';
import { clusterPart } from './clusterPart';
import { databasePart } from './databasePart';
import { envFilesPart } from './envFilesPart';
import { heldReleasePart } from './heldReleasePart';
import { imagesPart } from './imagesPart';
import { installServices } from './installServices';
import { namespacePart } from './namespacePart';
import { definePart, type MakeRun } from './part';
import { shownRelease } from './shownRelease';
import { restartServices } from './restartServices';
import { temporalNamespacePart } from './temporalNamespacePart';
import { usesPart } from './usesPart';
import { worktreePart } from './worktreePart';

/** The time to end that charts/worktree gives services, and the cluster its own for it. What takes longer is not waited for. */
const endMs = 10_000;

/** The services, as one Helm release. */
export const releasePart = definePart({
  id: 'release',
  after: [
    ...[clusterPart, namespacePart, worktreePart, databasePart, usesPart, imagesPart, envFilesPart],
    ...[temporalNamespacePart, heldReleasePart],
  ],
  title: 'Install the services',
  /** Whether the release was changed, or begun to be. */
  notes: () => ({ isBegun: false }),
  async make(run, notes) {
    const { ports, prepared, parts, made, signal } = run;
    const { file } = prepared;
    const { identity, isFound } = made(namespacePart);
    const settled = await whenThereIsRoom(run);
    // Whatever fails from here on aborts the signal.
    signal.addEventListener('abort', () => void settled(), { once: true });
    if (signal.aborted) await settled();
    signal.throwIfAborted();
    notes.isBegun = true;
    await installServices(
      {
        ...{ ports, prepared, parts, identity, file },
        cluster: made(clusterPart),
        folder: made(worktreePart).worktree.path,
        images: made(imagesPart),
        envFiles: made(envFilesPart),
        uses: made(usesPart),
      },
      made(heldReleasePart),
      signal,
    );
    if (isFound && made(databasePart)?.hasNewUrl) await restartServices(ports, identity, file.services, signal);
    return { value: { settled }, detail: identity.names.release };
  },
  async undo({ ports, prepared, made, signal }, { isBegun }) {
    // What ran before it had room for more runs on.
    if (!isBegun) return undefined;
    const { identity, isFound } = made(namespacePart);
    const { release, namespace } = identity.names;
    if (isFound && (prepared.identity?.state === 'created' || prepared.isAdopted))
      return `the services in ${namespace}, which may be updated in part`;
    await ports.releases.uninstall(release, namespace, made(clusterPart).access, signal);
    return undefined;
  },
  status: shownRelease,
  remove({ ports, environment, worktree, reach, confirm }) {
    if (!environment) return [];
    return [
      {
        phase: 'stop',
        id: 'release',
        title: 'Uninstall the services',
        async run({ signal }) {
          const { access, namespace } = await reach(signal);
          await confirm(signal);
          if (!namespace) return 'gone already';
          if (!namespace.terminating)
            await ports.releases.uninstall(environment.release, namespace.name, access, signal);
          if (!worktree || worktree.isKept) return undefined;
          // Dev servers write while they end, and make the folders for it: the worktree's own would be there again.
          const { owner, namespace: name } = environment;
          await podsGone(ports.cluster, { owner, names: { namespace: name } }, 'all', endMs, signal);
          return undefined;
        },
      },
    ];
  },
});

async function whenThereIsRoom({
  ports,
  prepared,
  made,
  tell,
  signal,
}: MakeRun<typeof namespacePart>): Promise<SettledStart> {
  const { repository, file } = prepared;
  const { identity, isFound } = made(namespacePart);
  const { owner, names } = identity;
  if (isFound) {
    const all = await ports.cluster.read(owner.repositoryId, signal);
    // What runs anyway is only replaced.
    if (
      allRun(
        file,
        all.find(({ namespace }) => namespace === names.namespace),
      )
    )
      return async () => undefined;
  }
  return startGate(ports, { repository, owner, namespace: names.namespace }, tell, signal);
}

function allRun({ services }: EnvironmentFile, facts: EnvironmentFacts | undefined): boolean {
  const { deployments = [], pods = [] } = facts ?? {};
  const running = deployments.filter(
    ({ service, desired, asleep, isHeld }) =>
      desired > 0 && asleep === undefined && (!isHeld || pods.some((pod) => pod.service === service)),
  );
  return services.every(
    ({ name, once, replicas }) => once || replicas === 0 || running.some(({ service }) => service === name),
  );
}
