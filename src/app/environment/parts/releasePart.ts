import { isAppError } from '../../../core/errors';
import { clusterPart } from './clusterPart';
import { databasePart } from './databasePart';
import { imagesPart } from './imagesPart';
import { namespacePart } from './namespacePart';
import { definePart, type UndoRun } from './part';
import { putCallerVariables } from './putCallerVariables';
import { worktreePart } from './worktreePart';
import { worktreeValues } from './worktreeValues';

/** The services, as one Helm release. */
export const releasePart = definePart({
  id: 'release',
  after: [clusterPart, namespacePart, worktreePart, databasePart, imagesPart],
  title: 'Install the services',
  async make(run) {
    const { ports, prepared, parts, made, signal } = run;
    const { file, target } = prepared;
    const { identity, isFound } = made(namespacePart);
    const { access, supply } = made(clusterPart);
    const folder = made(worktreePart).worktree.path;
    const { release, namespace } = identity.names;
    await putCallerVariables(ports.cluster, identity, ports.callerVariables, signal);
    await ports.releases.install(
      {
        release,
        namespace,
        chart: file.chart === undefined ? undefined : ports.paths.resolve(folder, file.chart),
        values: worktreeValues(parts, {
          ...{ identity, folder, file, branch: target.branch, settings: ports.settings() },
          images: made(imagesPart),
          nodeFolder: supply.nodeFolder?.(folder),
        }),
        access,
      },
      signal,
    );
    if (isFound && made(databasePart)?.hasNewUrl) await restartAll(run);
    return { value: undefined, detail: release };
  },
  async undo({ ports, prepared, made, signal }) {
    const { identity, isFound } = made(namespacePart);
    const { release, namespace } = identity.names;
    if (isFound && (prepared.identity?.state === 'created' || prepared.isAdopted))
      return `the services in ${namespace}, which may be updated in part`;
    await ports.releases.uninstall(release, namespace, made(clusterPart).access, signal);
    return undefined;
  },
  remove({ ports, environment, reach, confirm }) {
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
          return undefined;
        },
      },
    ];
  },
});

/** The chart says the same as before, so that Helm alone would leave the pods as they are. */
async function restartAll({ ports, prepared, made, signal }: UndoRun<typeof namespacePart>): Promise<void> {
  const { owner, names } = made(namespacePart).identity;
  for (const { name } of prepared.file.services) {
    try {
      await ports.workloads.restart(names.namespace, name, owner, signal);
    } catch (error) {
      // A chart of the repository's own may call its deployments otherwise.
      if (!isAppError(error, 'notFound')) throw error;
    }
  }
}
