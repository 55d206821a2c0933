import type { CreatePorts } from '../createPorts';
import type { PreparedCreate } from '../preparedCreate';
import type { CreateResult } from '../requests';
import type { Run } from '../../run/run';
import { unfinishedInstalls } from '../../dependencies/unfinishedInstalls';
import { waitReady } from '../../services/waitReady';

/** What another process has made of the worktree since, once its services have settled; undefined: it has made none. */
export async function madeByAnother(
  ports: Pick<CreatePorts, 'cluster' | 'installs' | 'settings'>,
  { target, identity, file }: PreparedCreate,
  { signal }: Run,
): Promise<CreateResult | undefined> {
  if (target.kind !== 'worktree' || identity?.state !== 'created') return undefined;
  const settings = ports.settings();
  await ports.cluster.connect(signal);
  const place = { repositoryId: identity.owner.repositoryId, namespace: identity.names.namespace };
  const options = { timeoutMs: settings['create.readyTimeout'] * 1000, steadyMs: settings['create.steadyTime'] * 1000 };
  const { ready, services } = await waitReady(ports.cluster, place, file.services, options, signal);
  const urls = services.flatMap((service) => service.urls).sort((a, b) => a.length - b.length);
  const notes = await unfinishedInstalls(ports.installs, target.worktree);
  return {
    worktree: target.worktree,
    identity,
    database: file.database && identity.parts.database?.database,
    services,
    ready: ready && notes.length === 0,
    url: urls[0],
    notes,
  };
}
