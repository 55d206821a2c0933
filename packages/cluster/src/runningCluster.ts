import { dirname } from 'node:path';
import { freeMemory } from '@coppice/host/freeMemory';
import { Cluster } from '@ngrok/webernetes';
import { startApiServer, type ApiServer } from './http/apiServer';
import { ObjectStore } from './store/objectStore';
import { callerSecret } from './contract';
import { keepDatabases } from './database/keepDatabases';
import { patchEngine } from './engine/patchEngine';
import { replaceRecorder } from './engine/replaceRecorder';
import { findSandboxesOfPod } from './engine/sandboxesOfPod';
import { Gateway, type GatewayParts } from './gateway/gateway';
import { machineRoom } from './gateway/machineRoom';
import { restoreWithin } from './gateway/restoreWithin';
import { Visits } from './gateway/visits';
import { writeIngressStatus } from './gateway/ingressStatus';
import { listenOnGatewayPort } from './gateway/listenOnGatewayPort';
import { History } from './history/history';
import { HistoryFiles } from './history/historyFiles';
import { IdleEnvironments } from './idle/idleEnvironments';
import { hasConnections } from './idle/hasConnections';
import { isBusy } from './idle/isBusy';
import { sleepByCoppice } from './idle/sleepByCoppice';
import { visitedAccess } from './idle/visitedAccess';
import { WorkSince } from './idle/workSince';
import { worksIn } from './idle/worksIn';
import { LogStore } from './logs/logStore';
import { clusterMetrics } from './metrics/clusterMetrics';
import { PodPrograms } from './node/podPrograms';
import { leastMemory } from './metrics/leastMemory';
import { PodUsage } from './metrics/podUsage';
import { Backends } from './network/backends';
import { writeEndpoints } from './network/endpoints';
import { FreePorts } from './network/freePort';
import { PodPorts } from './network/podPorts';
import { ServiceProxy } from './network/serviceProxy';
import { adaptKubelet } from './node/adaptKubelet';
import { describeNode } from './engine/describeNode';
import { CountingEventRecorder } from './node/eventRecorder';
import { collectGracefully } from './engine/gracefulCollection';
import { PortOwners } from './node/portOwners';
import { ProcessRuntime } from './node/processRuntime';
import { StrayPorts } from './node/strayPorts';
import { tellWhereItListens } from './node/tellWhereItListens';
import { SilentProcesses } from './node/silentProcesses';
import type { ClusterOptions } from './options';
import { ProcessCensus } from './process/processCensus';
import { ProcessWatch } from './process/processWatch';
import { findLauncher } from './process/runMarks';
import { keepTemporal } from './temporal/keepTemporal';
import { loadCertificate, loadToken, writeKubeconfig } from './state/credentials';
import { loadArchive, ObjectArchive } from './state/objectArchive';
import { Settings } from './state/settings';
import type { StateFolder } from './state/stateFolder';
import { loadVisits, VisitArchive } from './state/visitArchive';
import { version } from '../../../package.json';

const HOST = '127.0.0.1';

export interface RunningCluster {
  server: string;
  gatewayPort: number;
  /** Ends every process, saves the state and stops listening. Never rejects. */
  stop(): Promise<void>;
}

/** Builds the cluster, top to bottom. The caller holds the lock of the folder. Rejects when a port that was asked for is taken. */
export async function startCluster(
  folder: StateFolder,
  options: ClusterOptions,
  /** Programs beside this one. */
  programs: { reaper: string; cli: string },
  log: (message: string) => void,
  /** Hears how far it is. */
  tell: (progress: string) => void,
  /** Whether the folder is another cluster's by now. */
  isLost: () => Promise<boolean>,
): Promise<RunningCluster> {
  const [token, tls, settings, archived, remembered, watch, launcher] = await Promise.all([
    loadToken(folder),
    loadCertificate(folder),
    Settings.load(folder.settingsFile, log),
    loadArchive(folder.stateFile, log),
    loadVisits(folder.visitsFile),
    ProcessWatch.start(folder.processFile, programs.reaper, log),
    findLauncher(),
  ]);
  const onLogError = (error: unknown): void => log(`a container's log: ${String(error)}`);
  const logs = new LogStore(folder.logsFolder, onLogError);
  void logs.prune();

  patchEngine();
  const cluster = new Cluster({ nodes: 1 });
  const objects = await ObjectStore.open(cluster);
  const [server] = cluster.servers;
  if (!server) throw new Error('the engine has no node');
  const { kubelet } = server;
  describeNode(server, version);
  collectGracefully(cluster);

  const free = new FreePorts();
  const ports = new PodPorts(free);
  const backends = new Backends(objects, ports);
  const services = new ServiceProxy({
    objects,
    backends,
    free,
    remembered: settings.servicePorts,
    onRemembered: settings.changed,
    log,
  });
  let stopping = false;
  const onChange = (podUid: string): void => {
    if (!stopping) kubelet.requestPodRelist(podUid);
  };
  const runtime = new ProcessRuntime({
    ...{ logs, watch, launcher, log, onChange },
    holder: (port, podUid): Promise<string | undefined> => owners.holder(port, podUid),
    callerSecret: (namespace) => objects.get('Secret', namespace, callerSecret),
  });
  await runtime.removeLeftovers();
  findSandboxesOfPod(server.runtime);
  runtime.install(server.runtime);
  const recorder = new CountingEventRecorder(objects, 'kubelet', server.name);
  replaceRecorder(kubelet.recorder, recorder);
  const silent = new SilentProcesses({ runtime, logs });
  const owners: PortOwners = new PortOwners({ runtime });
  let tellGatewayPort: (port: number) => void = () => undefined;
  const gatewayPortKnown = new Promise<number>((resolve) => (tellGatewayPort = resolve));
  const strays = new StrayPorts({
    ports,
    stray: (pod, container) => silent.stray(pod, container),
    holder: (port, podUid) => owners.holder(port, podUid),
    tell: (pod, text) => tellWhereItListens(objects, pod, text),
  });
  adaptKubelet(kubelet, {
    objects,
    ports,
    strays,
    gatewayPort: () => gatewayPortKnown,
    serviceVariables: (namespace) => services.variablesOf(namespace),
    silence: (pod, container, port) => silent.reason(pod, container, port),
    stranger: (pod, container, port) => owners.stranger(pod, container, port),
  });
  objects.subscribe(({ kind, type, object }) => {
    if (kind !== 'Pod' || type !== 'DELETED') return;
    const { namespace = 'default', name, uid = '' } = object.metadata;
    silent.forget(uid);
    owners.forget(uid);
    strays.forgetPod(uid);
    ports.forget(uid);
    runtime
      .forgetPod({ namespace, name, uid })
      .catch((error: unknown) => log(`pod ${namespace}/${name}: ${String(error)}`));
  });

  tell('Starting the controllers');
  await cluster.init();
  const archive = new ObjectArchive(folder.stateFile, objects, log, isLost);
  const lastUsed = (namespace: string): number => remembered.get(namespace) ?? 0;
  const returning = archived && restoreWithin(archived, lastUsed, (await freeMemory())?.free);
  if (returning)
    await objects.restore(returning.snapshot, (done, all) => tell(`Bringing back ${done} of ${all} objects`));
  archive.start();
  tell('Opening the ports of services');
  await services.start();
  const stopEndpoints = writeEndpoints(objects, log);

  const visits: Visits = new Visits({ remembered, changed: () => visitArchive.changed() });
  const visitArchive = new VisitArchive(folder.visitsFile, visits, log);
  const usage = new PodUsage(objects, runtime);
  const needOf = (namespace: string) => leastMemory(objects, usage, namespace);
  const starts: GatewayParts['starts'] = {
    noRoom: (...asked) => machineRoom({ needOf }, ...asked),
    returning: returning?.awake ?? [],
  };
  const gateway = new Gateway({ objects, backends, logs, log, visits, starts });
  const gatewayPort = await listenOnGatewayPort(gateway, options, settings.gatewayPort, settings.gatewayPortFrom);
  tellGatewayPort(gatewayPort);
  const stopStatus = writeIngressStatus(objects, gatewayPort, log);
  const historyFiles = new HistoryFiles(folder.historyFolder, log);
  const history = new History({ objects, requests: () => gateway.requests(), usage, files: historyFiles, log });
  const text = () => clusterMetrics({ objects, gateway, usage, version, log });
  const onError = (error: unknown): void =>
    log(`API: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  const access = visitedAccess(new PodPrograms(runtime, ports), visits, objects);
  const serve = (port: number) =>
    startApiServer({
      ...{ cluster, objects, logs, token, tls, host: HOST, port, metrics: { usage, text }, access, onError },
      stateTrouble: () => archive.trouble(),
      visits: () => visits.times(),
      history,
    });
  const api = await listenOnApiPort(serve, options, settings);
  const { gatewayPortFrom = settings.gatewayPortFrom } = options;
  if (
    settings.apiPort !== api.port ||
    settings.gatewayPort !== gatewayPort ||
    settings.gatewayPortFrom !== gatewayPortFrom
  ) {
    Object.assign(settings, { apiPort: api.port, gatewayPort, gatewayPortFrom });
    settings.changed();
  }
  const url = `https://${HOST}:${api.port}`;
  await writeKubeconfig(folder, url, token, tls.authority);
  const coppice = { home: dirname(folder.root), cliProgram: programs.cli, watch };
  const endKeeping = keepDatabases({ ...coppice, log });
  const endTemporal = keepTemporal({ ...coppice, log });
  const census = new ProcessCensus();
  const work = new WorkSince(() => usage.read());
  objects.subscribe(({ kind, type, object }) => {
    if (kind === 'Namespace' && type === 'DELETED') work.forget(object.metadata.name);
  });
  const idle = new IdleEnvironments({
    ...{ objects, visits, log },
    isWorkedIn: async (worktree, namespace, forMs) => {
      const works = await worksIn(worktree, watch.mark, () => census.take());
      if (works !== false) return works;
      const runs = runtime.aliveRuns.filter(({ sandbox }) => sandbox.metadata.namespace === namespace);
      const hasWorked = await work.hasWorked(namespace, new Set(runs.map(({ podUid }) => podUid)), forMs);
      if (hasWorked !== false) return hasWorked;
      const pids = (await Promise.all(runs.map(async ({ run }) => run?.pids() ?? []))).flat();
      return (await hasConnections(pids, await services.portsOf(namespace))) || isBusy(usage, namespace);
    },
    putToSleep: sleepByCoppice(coppice),
  });

  return {
    server: url,
    gatewayPort,
    async stop() {
      // What is about to end must neither be started again nor be told to controllers: the objects stay as they are.
      stopping = true;
      watch.beginStop();
      endKeeping();
      idle.close();
      cluster.pause();
      stopStatus();
      stopEndpoints();
      const steps = [
        // First: who watches keeps the last true state in sight.
        () => api.close(),
        // While what runs can be read.
        () => history.close(),
        () => runtime.stopAll(),
        // After those who use it.
        () => endTemporal(),
        () => gateway.close(),
        () => services.close(),
        () => visitArchive.close(),
        () => archive.close(),
        () => settings.save(),
      ];
      for (const step of steps) await step().catch((error: unknown) => log(`while stopping: ${String(error)}`));
      recorder.close();
      backends.close();
      watch.close();
    },
  };
}

/** The port of last time is a wish, one that was asked for is not. */
async function listenOnApiPort(
  listen: (port: number) => Promise<ApiServer>,
  options: ClusterOptions,
  settings: Settings,
): Promise<ApiServer> {
  if (options.port !== undefined) return listen(options.port);
  if (settings.apiPort === undefined) return listen(0);
  return listen(settings.apiPort).catch(() => listen(0));
}
