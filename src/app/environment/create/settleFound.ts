import { AppError } from '../../../core/errors';
import { isSameOwner } from '../../../core/clusters/isSameOwner';
import type { Owner } from '../../../core/model';
import { readWorktrees } from '../../worktrees/readWorktrees';
import { environmentLock, withLock } from '../../run/withLock';
import { deleteOrphan } from '../delete/deleteOrphan';
import { removeParts } from '../delete/removeParts';
import type { CreatePorts } from '../createPorts';
import type { DeletePorts } from '../deletePorts';
import type { Part } from '../parts/part';
import { chooseNames, type NamesInUse } from '../parts/claimNames';
import { namesInUse, planParts } from '../parts/planParts';
import { findUnclaimed, type Unclaimed } from '../parts/unclaimed';
import { parsedUses } from '../parts/usesAnnotation';
import type { PreparedCreate } from '../preparedCreate';
import type { CreateRequest } from '../requests';
import type { Run } from '../../run/run';
import { connectDatabases } from '../../databases/databaseReach';
import { refuseUnkeptGone } from '../../services/unkept';

export type SettlePorts = Pick<DeletePorts, 'kubeconfigs'>;

/** Does what a person decided about an environment that an earlier worktree left under the name. Nothing there: nothing to do. */
export async function settleFound(
  ports: CreatePorts & SettlePorts,
  parts: readonly Part[],
  request: CreateRequest,
  prepared: PreparedCreate,
  run: Run,
): Promise<PreparedCreate> {
  if (request.found === undefined || prepared.identity || prepared.begun) return prepared;
  const { cluster, sha256 } = ports;
  const { signal } = run;
  await cluster.connect(signal);
  if (prepared.file.database !== undefined) await connectDatabases(ports, signal);
  for (;;) {
    const inUse = namesInUse({ ports, prepared, parts, signal }, await cluster.listNamespaces(signal));
    const found = await findUnclaimed(prepared, inUse, sha256, signal);
    if (!found) return prepared;
    if (request.found === 'adopt') {
      await refuseOtherName(prepared, found, inUse, sha256, signal);
      const left = inUse.namespaces.find((each) => isSameOwner(each.owner, found.owner));
      const uses = parsedUses(left?.annotations['uses']);
      refuseUnkeptGone({ parts: { ...(uses && { uses }) } }, prepared.file, request.accepted);
      return { ...prepared, owner: found.owner, isAdopted: true };
    }
    await remove(ports, parts, prepared, found, run);
  }
}

/** What is left without a namespace is known by its name: under another one the environment would get a new and empty one. */
async function refuseOtherName(
  { target }: PreparedCreate,
  { owner, alone, database }: Unclaimed,
  inUse: NamesInUse,
  sha256: (text: string) => string,
  signal: AbortSignal,
): Promise<void> {
  if (!alone) return;
  const { slug } = await chooseNames(owner, target.ref, inUse, sha256, signal);
  const { names, ids } = alone;
  if (slug === names.slug) return;
  const what = database === undefined ? `the ${ids.join(' and the ')}` : `the database ${database}`;
  throw new AppError(
    'conflict',
    `What an earlier worktree of ${target.branch} has left, ${what}, cannot be taken over: the name ${names.slug} is another environment's by now.`,
    { explanation: `Delete that environment first, or ${what}, and start anew.` },
  );
}

async function remove(
  ports: CreatePorts & SettlePorts,
  parts: readonly Part[],
  prepared: PreparedCreate,
  { owner, namespace, alone }: Unclaimed,
  run: Run,
): Promise<void> {
  // Whoever chose to start anew was told of the database and of all else that has data, by their names: that answers for
  // what was written there, too.
  const accepted = ['database', 'data'] as const;
  const { repository } = prepared;
  if (namespace !== undefined) return deleteOrphan(ports, parts)({ folder: repository.root, namespace, accepted }, run);
  if (!alone) return undefined;
  const { ids, names } = alone;
  const { signal } = run;
  const what = `what an earlier worktree of ${prepared.target.branch} has left is being deleted`;
  await withLock(ports.locks, environmentLock(owner), what, async () => {
    await refuseIfTaken(ports, prepared, owner, signal);
    const { records } = await planParts({ ports, prepared, parts, signal }, names, []);
    const environment = { owner, namespace: names.namespace, release: names.release, parts: records };
    const left = parts.filter(({ id }) => ids.includes(id));
    await removeParts(left, { ports, environment, worktree: undefined, accepted, signal }, names.slug, run);
  });
}

/** Another create, of a branch with the same slug, may have taken it over since it was found. */
async function refuseIfTaken(
  ports: CreatePorts,
  { repository }: PreparedCreate,
  owner: Owner,
  signal: AbortSignal,
): Promise<void> {
  const known = await readWorktrees(ports, repository, signal);
  const namespaces = await ports.cluster.listNamespaces(signal);
  const isTaken =
    known.some(({ identity, problem }) => problem !== undefined || isSameOwner(identity?.owner, owner)) ||
    namespaces.some((namespace) => isSameOwner(namespace.owner, owner));
  if (!isTaken) return;
  throw new AppError('conflict', 'What an earlier worktree has left was taken over just now. Try again.', {
    remedy: { title: 'Try Again', action: { kind: 'retry' } },
  });
}
