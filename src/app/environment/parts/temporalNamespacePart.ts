import { traitsOf } from '../../../core/clusterTraits';
import { AppError, isAppError } from '../../../core/errors';
import { isSameOwner } from '../../../core/clusters/isSameOwner';
import type { IdentityParts, Repository } from '../../../core/model';
import { plural } from '../../../core/text/plural';
import { temporalNamespaceIn } from '../../../core/temporal/temporalNamespaceIn';
import { hasInfraTemporal } from '../../infra/recordedInfra';
import type { CreatePorts } from '../createPorts';
import type { DeletePorts } from '../deletePorts';
import { clusterPart } from './clusterPart';
import { namespacePart } from './namespacePart';
import { definePart } from './part';
import type { Found, LookRun } from './removal';
import { shownTemporalNamespace } from './shownTemporalNamespace';

/** An environment's namespace in Temporal, made where `temporal: true` asks for it: no other environment sees its workflows. */
export const temporalNamespacePart = definePart({
  id: 'temporalNamespace',
  after: [clusterPart, namespacePart],
  title: 'Register its namespace in Temporal',
  wanted: ({ file }) => file.temporal === true,
  async verify({ ports, repository }) {
    if (await isOurs(ports)) await ports.temporal.verify(await foldersOf(ports, repository));
  },
  async plan({ ports, names: { temporalNamespace: namespace } }) {
    if (!(await isOurs(ports))) return {};
    return { record: { namespace }, annotations: { 'temporal-namespace': namespace } };
  },
  fromAnnotations(annotations) {
    const namespace = temporalNamespaceIn(annotations);
    return namespace === undefined ? undefined : { namespace };
  },
  /** There was none before this run. */
  notes: () => ({ isNew: false }),
  async make({ ports, prepared, made, signal }, notes) {
    const { owner, parts } = made(namespacePart).identity;
    if (!parts.temporalNamespace || !(await isOurs(ports)))
      return { value: undefined, detail: 'left to whoever runs Temporal there' };
    const { namespace } = parts.temporalNamespace;
    await ports.temporal.connect(await foldersOf(ports, prepared.repository), signal);
    notes.isNew = (await ports.temporal.owner(namespace, signal)) === undefined;
    const how = await ports.temporal.register(namespace, owner, signal);
    return { value: undefined, detail: how === 'found' ? `${namespace}, kept` : namespace };
  },
  async undo({ ports: { temporal }, made, signal }, { isNew }) {
    if (!isNew) return;
    const { owner, parts } = made(namespacePart).identity;
    const namespace = recorded(parts);
    const holder = await temporal.owner(namespace, signal);
    // One that somebody else made meanwhile is left alone.
    if (holder !== undefined && holder !== 'foreign' && isSameOwner(holder, owner))
      await temporal.withdraw(namespace, owner, signal);
  },
  look: lost,
  async lookAgain(run) {
    return run.accepted.includes('data') ? { losses: [] } : ((await lost(run)) ?? { losses: [] });
  },
  async confirm(run) {
    const { ports, environment, accepted, signal } = run;
    if (!environment) return;
    const namespace = recorded(environment.parts);
    const trouble = await unreached(run, namespace, false);
    if (trouble !== undefined && !accepted.includes('data'))
      throw new AppError('unreachable', `The namespace ${namespace} in Temporal cannot be deleted: ${trouble}.`);
    const holders = await ports.temporal.owners(namespace, signal).catch((error: unknown) => {
      if (!isAppError(error) || !accepted.includes('data')) throw error;
      return [];
    });
    if (holders.every((holder) => holder !== 'foreign' && isSameOwner(holder, environment.owner))) return;
    throw new AppError('conflict', `The namespace ${namespace} in Temporal belongs to somebody else.`);
  },
  remove({ ports, environment, accepted }) {
    if (!environment) return [];
    const namespace = recorded(environment.parts);
    return [
      {
        phase: 'data',
        id: 'temporalNamespace',
        title: `Delete the namespace ${namespace} in Temporal`,
        async run({ signal }) {
          const left = await ports.temporal.remove(namespace, environment.owner, signal, accepted.includes('data'));
          return left && `left where it is: ${left}`;
        },
      },
    ];
  },
  status: shownTemporalNamespace,
});

/** Where pods are processes of this machine, it is in the server of the settings; elsewhere in infra's, where that has one. */
async function isOurs({ cluster, infra, settings }: Pick<CreatePorts, 'cluster' | 'infra' | 'settings'>) {
  return !traitsOf(cluster.identity).runsImages || hasInfraTemporal(infra, cluster.identity, settings());
}

async function lost(run: LookRun): Promise<Found | undefined> {
  const { ports, environment, onUntold, signal } = run;
  const namespace = environment?.parts.temporalNamespace?.namespace;
  if (namespace === undefined) return undefined;
  // Its server may run beside the cluster.
  if (!onUntold) await ports.cluster.connect(signal);
  let trouble = await unreached(run, namespace, !onUntold);
  const count = await ports.temporal.workflows(namespace, signal).catch((error: unknown) => {
    if (!isAppError(error)) throw error;
    trouble ??= error.message.replace(/\.$/, '');
    return 0;
  });
  if (trouble !== undefined && onUntold) {
    onUntold('data');
    return { losses: [] };
  }
  const counted = count === 0 ? [] : [`Temporal: ${plural(count, 'workflow')}`];
  // What nobody can tell is not nothing.
  const untold =
    trouble === undefined ? [] : [`Temporal: nobody can tell which workflows ${namespace} has (${trouble})`];
  const examples = [...counted, ...untold];
  return { losses: examples.length === 0 ? [] : [{ kind: 'data', count: count + untold.length, examples }] };
}

/** Why not all of it can be asked for. */
async function unreached({ ports, worktree, signal }: LookRun, namespace: string, waits: boolean) {
  const worktrees = worktree ? await foldersOf(ports, worktree.repository) : [];
  return ports.temporal.reach(namespace, { waits, worktrees }, signal);
}

/** No program in them is taken. */
async function foldersOf(
  { worktrees }: Pick<DeletePorts, 'worktrees'>,
  repository: Repository,
): Promise<readonly string[]> {
  return [repository.root, ...(await worktrees.list(repository)).map(({ path }) => path)];
}

function recorded({ temporalNamespace }: IdentityParts): string {
  if (temporalNamespace) return temporalNamespace.namespace;
  throw new AppError('bug', 'A namespace in Temporal was asked for that is not recorded.');
}
