import { traitsOf } from '../../core/clusterTraits';
import { databaseTrouble, tellsDatabaseTrouble } from '../../core/databases/databaseTrouble';
import { isAppError } from '../../core/errors';
import { toEnvironment } from '../../core/services/health';
import type { Environment, Identity } from '../../core/model';
import type { Cluster } from '../../core/ports/cluster';
import type { Databases } from '../../core/ports/databases';
import type { Workloads } from '../../core/ports/workloads';
import type { UseCase } from '../run/run';
import { worktreeAt, type WorktreeAtPorts } from '../worktrees/worktreeAt';
import { serviceUrlIfOwn } from './ownServiceUrl';

export interface CheckPorts extends WorktreeAtPorts {
  readonly cluster: Cluster;
  readonly workloads: Pick<Workloads, 'logs'>;
  readonly databases: Databases;
}

/** Whether the database server is reached from somewhere, and how that is known. */
export interface Reach {
  readonly state: 'reached' | 'failed' | 'unknown';
  readonly detail: string;
  /** The setting that says the address, where it failed. */
  readonly setting?: 'postgres.url' | 'postgres.podAddress';
}

export interface DatabaseServerCheck {
  readonly machine: Reach;
  readonly pods: Reach;
}

const linesOfLog = 50;

/**
 * Says which of the two addresses of the database server works: the one from this machine by connecting; the one from pods by
 * the server's own list of sessions, or by what a service printed that does not get through. Nothing is run in any pod: what a
 * program in an image of the user's can do is not known, and a pod of our own would need an image that the cluster may not have.
 */
export function checkDatabaseServer(ports: CheckPorts): UseCase<{ readonly folder: string }, DatabaseServerCheck> {
  return async ({ folder }, { signal }) => {
    const machine = await reachFromHere(ports.databases, signal);
    if (traitsOf(ports.cluster.identity).podsSee === 'machine')
      return { machine, pods: { ...machine, detail: 'services run on this machine' } };
    const { identity } = await worktreeAt(ports, folder, signal);
    if (!identity) return { machine, pods: unknown('this worktree has no environment whose pods could tell') };
    return { machine, pods: await reachFromPods(ports, identity, machine, signal) };
  };
}

async function reachFromHere(databases: Databases, signal: AbortSignal): Promise<Reach> {
  try {
    await databases.connect(signal);
    return { state: 'reached', detail: 'connected' };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { state: 'failed', detail: error.message, setting: 'postgres.url' };
  }
}

async function reachFromPods(
  ports: CheckPorts,
  identity: Identity,
  machine: Reach,
  signal: AbortSignal,
): Promise<Reach> {
  const role = machine.state === 'reached' ? identity.parts.database?.role : undefined;
  const peers = role === undefined ? [] : await ports.databases.peers(role, signal);
  if (peers.length > 0) return { state: 'reached', detail: `sessions from ${peers.join(', ')}` };
  const url = await serviceUrlIfOwn(ports.cluster, identity, signal);
  if (url === undefined || !URL.canParse(url)) return unknown('the environment has no database');
  const address = new URL(url).host;
  const facts = await ports.cluster.read(identity.owner.repositoryId, signal);
  const found = facts.find(({ namespace }) => namespace === identity.names.namespace);
  if (!found) return unknown(`${identity.names.namespace} is not there`);
  const environment = toEnvironment(found);
  const trouble =
    databaseTrouble(environment.services, address) ??
    (await troubleInLogs(ports.workloads, environment, address, signal));
  if (trouble === undefined)
    return unknown(`no service has a session open now, and none says that it cannot reach ${address}`);
  return { state: 'failed', detail: `at ${address}: ${trouble}`, setting: 'postgres.podAddress' };
}

/** A service that goes on without its database says so where it logs. */
async function troubleInLogs(
  workloads: CheckPorts['workloads'],
  { namespace, services }: Environment,
  address: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (const { name } of services) {
    let last: string | undefined;
    try {
      for await (const line of workloads.logs(namespace, name, { follow: false, tail: linesOfLog }, signal)) {
        if (tellsDatabaseTrouble(line, address)) last = line;
      }
    } catch (error) {
      // One that has not begun has no log.
      if (!isAppError(error)) throw error;
    }
    if (last !== undefined) return `${name}: ${last.trim()}`;
  }
  return undefined;
}

function unknown(detail: string): Reach {
  return { state: 'unknown', detail };
}
