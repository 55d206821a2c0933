import { EnvironmentStore, type StorePorts } from '../app/snapshot/environmentStore';
import { followBase } from '../app/pool/followBase';
import type { Product } from '../app/product';
import { shownParts } from '../app/environment/parts/shownParts';
import { readSnapshot, type ReadPorts } from '../app/snapshot/readSnapshot';
import { traitsOf } from '../core/clusterTraits';
import type { ClusterIdentity } from '../core/model';
import { outdatedCluster } from '../core/outdatedCluster';
import { version } from '../../package.json';
import type { InfraAccess } from './infraAccess';
import { once } from './once';
import type { Connections } from './wireConnections';
import type { Machine } from './wireMachine';

/** What there is: as it is now, and followed. */
export function wireSnapshots(
  machine: Machine,
  connections: Connections,
  infra: InfraAccess,
  refill: Product['pool']['refill'],
): Product['snapshots'] {
  const { git, embedded, clock, paths, log, settings, env } = machine;
  const agents = once(async () => {
    const [{ AgentJournals }, { claudeSession }] = await Promise.all([
      import('../adapters/git/agents/agentJournals'),
      import('../adapters/exec/claudeSession'),
    ]);
    return new AgentJournals({ wordOf: (session) => claudeSession(session, env) });
  });
  const ownWorkflows = once(async () => {
    const { TemporalWeb } = await import('../adapters/temporal/temporalWeb');
    return new TemporalWeb({ home: machine.home, settings: machine.settings });
  });
  const workflows = async (identity: ClusterIdentity, repositoryId: string) =>
    traitsOf(identity).runsImages
      ? infra.temporalWorkflows(await connections.ofRepository(repositoryId), machine)
      : ownWorkflows();
  const shared = async (): Promise<ReadPorts> => ({
    ...(await git()),
    // Not the file's reader, with its parsers: only whether there is a file.
    environmentFiles: {
      exists: async (folder) =>
        (await import('../adapters/environmentFile/hasEnvironmentFile')).hasEnvironmentFile(folder),
    },
    clusterOf: async (repositoryId) => (await connections.ofRepository(repositoryId)).cluster(),
    consistsOf: shownParts,
    agents,
    workflows,
    clock,
    paths,
    notices: async (repositoryId: string) =>
      machine.settings()['clean.automatic'] === 'never'
        ? undefined
        : (await machine.cleanupNotices()).read(repositoryId),
    // A cluster goes on running when Coppice is updated.
    outdatedCluster: async (identity: ClusterIdentity) => {
      if (!traitsOf(identity).isProcess) return undefined;
      const program = await embedded();
      const isOlder = (await program.contractTrouble()) !== undefined;
      return outdatedCluster((await program.written())?.version, version, isOlder);
    },
  });
  const storePorts = once(async (): Promise<StorePorts> => {
    const { choices } = await machine.choicePorts();
    return {
      ...(await shared()),
      watchChoices: (onChange) => choices.watch(onChange),
      onGitNews: followBase({ worktrees: async () => (await git()).worktrees, settings, refill, log }),
    };
  });
  return {
    read: async (folder, signal) => readSnapshot(await shared())(folder, signal),
    open: (folder) => new EnvironmentStore(folder, storePorts, log),
  };
}
