import { isSameOwner } from '../../../core/clusters/isSameOwner';
import type { Identity } from '../../../core/model';
import { withBriefLock } from '../../run/withLock';
import { chooseEnvironment, type ChoiceNotes } from './chooseEnvironment';
import { lookAtClaimedVolumes, refuseClaimedVolumes } from './claimedVolumes';
import { claim } from './claimNames';
import { clusterPart } from './clusterPart';
import { databaseServerPart } from './databaseServerPart';
import { namespaceLimits } from './namespaceLimits';
import { definePart } from './part';
import { verifyQuota } from './verifyQuota';

export interface ClaimedNamespace {
  /** What all parts are called from now on. */
  readonly identity: Identity;
  /** It was there before this run. */
  readonly isFound: boolean;
  /** What to know of the environment, for a person. */
  readonly notes: readonly string[];
}

/** What claims an environment's names for everybody: its creation is atomic, and its labels say who owns it. */
export const namespacePart = definePart({
  id: 'namespace',
  after: [clusterPart, databaseServerPart],
  title: 'Claim the namespace',
  async verify({ ports, file }) {
    verifyQuota(ports.cluster.identity, ports.settings(), file);
  },
  notes: (): ChoiceNotes => ({ chosen: undefined }),
  /** Choosing and claiming is one at a time on this machine, so that two creates do not choose the same metrics port. */
  make: (run, notes) =>
    withBriefLock(run.ports.locks, 'names', 'names are being chosen', run.signal, async () => {
      const { cluster, clock } = run.ports;
      const { owner, target, identity: earlier, isAdopted } = run.prepared;
      const choose = async () => {
        const choice = await chooseEnvironment(run, notes);
        await run.begun.begin();
        return choice;
      };
      const { chosen, claimed } = await claim(cluster, choose, owner, run.signal);
      run.begun.named(chosen.parts);
      const { slug, namespace, host, release } = chosen.names;
      const identity: Identity = {
        version: 2,
        owner,
        names: { slug, namespace, host, release },
        ref: target.ref,
        createdBranch: chosen.annotations['created-branch'] === 'true',
        cluster: cluster.identity,
        state: 'creating',
        createdAt: earlier?.createdAt ?? new Date(clock.now()).toISOString(),
        parts: chosen.parts,
      };
      const value: ClaimedNamespace = { identity, isFound: chosen.isFound, notes: chosen.notes };
      const from = isAdopted ? 'taken over' : 'found from an earlier try';
      return { value, detail: claimed === 'found' ? `${namespace}, ${from}` : namespace };
    }),
  async undo({ ports: { cluster }, prepared, begun, signal }, { chosen }) {
    if (!chosen) return undefined;
    const { owner, identity, isAdopted } = prepared;
    const { namespace } = chosen.names;
    if (chosen.isFound) {
      await begun.takeBack();
      return identity?.state === 'created' || isAdopted
        ? undefined
        : `the namespace ${namespace}, made by an earlier try`;
    }
    const record = await cluster.readNamespace(namespace, signal);
    if (isSameOwner(record?.owner, owner)) await cluster.deleteNamespace(namespace, owner, signal);
    await begun.takeBack();
    return undefined;
  },
  look: lookAtClaimedVolumes,
  confirm: refuseClaimedVolumes,
  remove({ ports, environment, worktree }) {
    if (!environment) return [];
    const { namespace, owner } = environment;
    return [
      {
        // Without a worktree it is all that says what else there is to remove.
        phase: worktree ? 'cluster' : 'record',
        id: 'namespace',
        title: `Delete the namespace ${namespace}`,
        async run({ signal }) {
          await ports.cluster.deleteNamespace(namespace, owner, signal);
          await ports.kubeconfigs.remove(namespace);
        },
      },
    ];
  },
  async machineVariables({ ports, identity, access, signal }) {
    const { namespace } = identity.names;
    return {
      COPPICE_NAMESPACE: namespace,
      ...(access ? { KUBECONFIG: await ports.kubeconfigs.ensure(namespace, signal) } : {}),
    };
  },
  values: ({ identity, settings }) => namespaceLimits(identity.cluster, settings),
});
