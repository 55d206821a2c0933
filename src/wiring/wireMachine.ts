import { createHash } from 'node:crypto';
import { delimiter, dirname, join } from 'node:path';
import type { ChoicePorts } from '../app/cluster/chosenCluster';
import type { Clock } from '../core/ports/host';
import { homeOf, paths } from './hostPaths';
import { once } from './once';
import type { ProgramContext } from './programContext';

const clock: Clock = { now: () => Date.now() };
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export type Machine = ReturnType<typeof wireMachine>;

/** What this machine has whatever cluster is used: git, files, programs, and the embedded cluster's process. */
export function wireMachine(programContext: ProgramContext) {
  const { root, env, execPath, settings, log, trustedFolders = () => [] } = programContext;
  // Not asked again: what was locked, recorded and started in one home must be found there.
  const home = homeOf(settings(), env);

  const localRecords = once(async () => {
    const { K3dRecords } = await import('../adapters/k3d/k3dRecords');
    return new K3dRecords(join(home, 'k3d'));
  });

  const isMounted = async (folder: string) => (await localRecords()).mounts(folder, paths);

  const git = once(async () => {
    const [worktrees, identities, locks] = await Promise.all([
      import('../adapters/git/gitWorktrees'),
      import('../adapters/git/records/fileIdentities'),
      import('../adapters/git/locks/fileLocks'),
    ]);
    return {
      worktrees: new worktrees.GitWorktrees(env, isMounted),
      identities: new identities.FileIdentities(),
      locks: new locks.FileLocks(join(home, 'locks')),
    };
  });

  /** What a worktree is given besides its commit, and what is written down of that. */
  const worktreeState = once(async () => {
    const [setups, installs, files] = await Promise.all([
      import('../adapters/git/records/fileSetups'),
      import('../adapters/git/records/fileInstalls'),
      import('../adapters/git/gitWorktreeFiles'),
    ]);
    return {
      setups: new setups.FileSetups(),
      installs: new installs.FileInstalls(),
      worktreeFiles: new files.GitWorktreeFiles(env),
    };
  });

  /** Worktrees that are made in advance, and what tells whether somebody works in one. */
  const spares = once(async () => {
    const [{ GitSpares }, { HostFolderPrograms }] = await Promise.all([
      import('../adapters/git/gitSpares'),
      import('../adapters/exec/hostFolderPrograms'),
    ]);
    return { spares: new GitSpares(env, isMounted), programs: new HostFolderPrograms(env) };
  });

  const environmentFiles = once(async () => {
    const { YamlEnvironmentFiles } = await import('../adapters/environmentFile/yamlEnvironmentFiles');
    return new YamlEnvironmentFiles();
  });

  const host = once(async () => {
    const [commands, ports, uses, usedTemplates, load, temporal] = await Promise.all([
      import('../adapters/exec/hostCommands'),
      import('../adapters/exec/hostPorts'),
      import('../adapters/uses/hostUsedServices'),
      import('../adapters/uses/hostUsedTemplates'),
      import('../adapters/exec/hostMachineLoad'),
      import('../adapters/temporal/temporalServer'),
    ]);
    // Commands of the repository find the Node that runs Coppice last, when there is no other.
    const found = { ...env, PATH: [env['PATH'], dirname(execPath)].filter(Boolean).join(delimiter) };
    return {
      commands: new commands.HostCommands(found, join(home, 'logs', 'commands')),
      ports: new ports.HostPorts(),
      uses: new uses.HostUsedServices(join(home, 'uses'), found),
      usedTemplates: new usedTemplates.HostUsedTemplates(join(home, 'uses-templates'), found),
      machineLoad: new load.HostMachineLoad(),
      temporal: new temporal.TemporalServer({ home, settings, env: found }),
    };
  });

  const dependencies = once(async () => {
    const { HostDependencies } = await import('../adapters/dependencies/hostDependencies');
    return new HostDependencies(env);
  });

  const embedded = once(async () => {
    const { EmbeddedClusterProgram } = await import('../adapters/embedded/embeddedClusterProgram');
    const clusterProgram = join(root, 'dist', 'cluster.js');
    const gatewayPort = () => settings()['gateway.port'];
    return new EmbeddedClusterProgram({ home, clusterProgram, execPath, env, log, gatewayPort });
  });

  const choicePorts = once(async (): Promise<ChoicePorts> => {
    const { FileClusterChoices } = await import('../adapters/kubernetes/connection/fileClusterChoices');
    return { choices: new FileClusterChoices(join(home, 'clusters.json')), settings };
  });

  const cleanupNotices = once(async () => {
    const { FileCleanupNotices } = await import('../adapters/cleanup/fileCleanupNotices');
    return new FileCleanupNotices(join(home, 'cleanup'));
  });

  /** Approving what a repository runs here, but for the repository's own files and its cluster. */
  const approvalPorts = once(async () => {
    const { FileApprovals } = await import('../adapters/approvals/fileApprovals');
    return { approvals: new FileApprovals(join(home, 'approvals')), trustedFolders, clock, sha256 };
  });

  const worktreePorts = once(async () => ({ ...(await git()), paths, settings }));

  return {
    ...programContext,
    ...{ home, paths, clock, sha256 },
    ...{
      git,
      worktreeState,
      spares,
      environmentFiles,
      dependencies,
      host,
      embedded,
      choicePorts,
      localRecords,
      cleanupNotices,
      approvalPorts,
      worktreePorts,
    },
  };
}
