import { traitsOf } from '../../../core/clusterTraits';
import { AppError } from '../../../core/errors';
import { isSameOwner } from '../../../core/isSameOwner';
import type { IdentityParts, Repository } from '../../../core/model';
import { plural } from '../../../core/plural';
import type { CreatePorts } from '../createPorts';
import { clusterPart } from './clusterPart';
import { namespacePart } from './namespacePart';
import { definePart } from './part';
import type { Found, LookRun } from './removal';

/** An environment's namespace in Temporal, made where `temporal: true` asks for it: no other environment sees its workflows. */
export const temporalNamespacePart = definePart({
  id: 'temporalNamespace',
  after: [clusterPart, namespacePart],
  title: 'Register its namespace in Temporal',
  /** Temporal of a real cluster is infra's. */
  wanted: ({ file, cluster }) => file.temporal === true && !traitsOf(cluster).runsImages,
  async verify({ ports, repository }) {
    await ports.temporal.verify(await foldersOf(ports, repository));
  },
  plan: ({ names: { temporalNamespace: namespace } }) => ({
    record: { namespace },
    annotations: { 'temporal-namespace': namespace },
  }),
  fromAnnotations: ({ 'temporal-namespace': namespace }) => (namespace === undefined ? undefined : { namespace }),
  /** There was none before this run. */
  notes: () => ({ isNew: false }),
  async make({ ports, prepared, made, signal }, notes) {
    const { owner, parts } = made(namespacePart).identity;
    const namespace = recorded(parts);
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
      await temporal.remove(namespace, owner, signal);
  },
  look: lost,
  async lookAgain(run) {
    return run.accepted.includes('data') ? { losses: [] } : ((await lost(run)) ?? { losses: [] });
  },
  async confirm({ ports: { temporal }, environment, signal }) {
    if (!environment) return;
    const namespace = recorded(environment.parts);
    const holder = await temporal.owner(namespace, signal);
    if (holder === undefined || (holder !== 'foreign' && isSameOwner(holder, environment.owner))) return;
    throw new AppError('conflict', `The namespace ${namespace} in Temporal belongs to somebody else.`);
  },
  remove({ ports, environment }) {
    if (!environment) return [];
    const namespace = recorded(environment.parts);
    return [
      {
        phase: 'data',
        id: 'temporalNamespace',
        title: `Delete the namespace ${namespace} in Temporal`,
        run: ({ signal }) => ports.temporal.remove(namespace, environment.owner, signal),
      },
    ];
  },
  status: ({ annotations: { 'temporal-namespace': name } }) =>
    name === undefined ? undefined : { title: 'Temporal', name },
});

async function lost({
  ports: { temporal, cluster },
  environment,
  onUntold,
  signal,
}: LookRun): Promise<Found | undefined> {
  const namespace = environment?.parts.temporalNamespace?.namespace;
  if (namespace === undefined) return undefined;
  if (onUntold) {
    if (!(await temporal.answers(signal))) {
      onUntold('data');
      return { losses: [] };
    }
  } else {
    // Its server runs beside the cluster.
    await cluster.connect(signal);
    await temporal.connect([], signal);
  }
  const count = await temporal.workflows(namespace, signal);
  return { losses: count === 0 ? [] : [{ kind: 'data', count, examples: [`Temporal: ${plural(count, 'workflow')}`] }] };
}

/** No program in them is taken. */
async function foldersOf({ worktrees }: CreatePorts, repository: Repository): Promise<readonly string[]> {
  return [repository.root, ...(await worktrees.list(repository)).map(({ path }) => path)];
}

function recorded({ temporalNamespace }: IdentityParts): string {
  if (temporalNamespace) return temporalNamespace.namespace;
  throw new AppError('bug', 'A namespace in Temporal was asked for that is not recorded.');
}
