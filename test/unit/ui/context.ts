import * as vscode from 'vscode';
import { Emitter } from '../../../src/core/event';
import type { Snapshot } from '../../../src/core/model';
import type { CommandContext } from '../../../src/ui/context/commandContext';
import type { UiDependencies } from '../../../src/ui/dependencies';
import { Descriptions } from '../../../src/ui/descriptions';
import { ForwardedPorts } from '../../../src/ui/forwardedPorts';
import { LogTerminals } from '../../../src/ui/logs/logTerminals';
import { StatusDocuments } from '../../../src/ui/statusDocuments';
import { toTree } from '../../../src/ui/tree/nodes';
import { windowEntry } from '../../../src/ui/worktreeView';
import { aSnapshot } from './builders';

/** Dependencies that fail the test when one is called that it does not expect; `calls` has the names. */
export function someDependencies(change: Partial<UiDependencies> = {}) {
  const calls: string[] = [];
  const changes = new Emitter<Snapshot>();
  const logged: string[] = [];
  const say = (message: string): void => void logged.push(message);
  const unexpected = (name: string) => async (): Promise<never> => {
    calls.push(name);
    throw new Error(`${name} was called`);
  };
  let snapshot = aSnapshot();
  const dependencies: UiDependencies = {
    store: {
      get snapshot() {
        return snapshot;
      },
      onDidChange: changes.event,
      refresh: async () => void calls.push('refresh'),
      setVisible: (visible) => void calls.push(`setVisible ${visible}`),
    },
    log: { debug: say, info: say, warn: say, error: say, show: () => void calls.push('showLog') },
    planCreate: unexpected('planCreate'),
    createEnvironment: unexpected('createEnvironment'),
    deleteEnvironment: unexpected('deleteEnvironment'),
    deleteOrphan: unexpected('deleteOrphan'),
    listBranches: unexpected('listBranches'),
    defaultBase: unexpected('defaultBase'),
    logs: () => {
      throw new Error('logs was called');
    },
    checkDatabaseServer: unexpected('checkDatabaseServer'),
    refreshTemplate: unexpected('refreshTemplate'),
    restartService: unexpected('restartService'),
    scaleService: unexpected('scaleService'),
    describeService: unexpected('describeService'),
    servicePorts: unexpected('servicePorts'),
    forwardPort: unexpected('forwardPort'),
    execInService: unexpected('execInService'),
    environmentVariables: unexpected('environmentVariables'),
    clusterOptions: unexpected('clusterOptions'),
    chooseCluster: unexpected('chooseCluster'),
    setUpCluster: unexpected('setUpCluster'),
    setUpInfra: unexpected('setUpInfra'),
    infraStatus: unexpected('infraStatus'),
    infraContents: unexpected('infraContents'),
    removeInfra: unexpected('removeInfra'),
    grafanaPassword: unexpected('grafanaPassword'),
    storeGrafanaPassword: unexpected('storeGrafanaPassword'),
    localClusters: unexpected('localClusters'),
    clusterContents: unexpected('clusterContents'),
    deleteCluster: unexpected('deleteCluster'),
    urlTrouble: unexpected('urlTrouble'),
    startCluster: unexpected('startCluster'),
    storePostgresPassword: unexpected('storePostgresPassword'),
    stopCluster: unexpected('stopCluster'),
    checkEnvironmentFile: unexpected('checkEnvironmentFile'),
    requestAgent: unexpected('requestAgent'),
    findAgent: unexpected('findAgent'),
    takeAgentRequest: unexpected('takeAgentRequest'),
    telemetryAddresses: unexpected('telemetryAddresses'),
    checkGrafana: unexpected('checkGrafana'),
    watchTelemetry: () => void calls.push('watchTelemetry'),
    ...change,
  };
  return {
    dependencies,
    calls,
    logged,
    publish: (next: Snapshot): void => {
      snapshot = next;
      changes.fire(next);
    },
  };
}

export function aContext(change: Partial<UiDependencies> = {}, folders: readonly string[] = []) {
  const some = someDependencies(change);
  const { dependencies } = some;
  const forwardedPorts = new ForwardedPorts(dependencies.log);
  const context: CommandContext = {
    dependencies,
    logTerminals: new LogTerminals(dependencies),
    statusDocuments: new StatusDocuments(() => dependencies.store.snapshot),
    descriptions: new Descriptions(dependencies),
    forwardedPorts,
    extensionUri: vscode.Uri.file('/extension'),
    get snapshot() {
      return dependencies.store.snapshot;
    },
    folders,
    get windowEntry() {
      return windowEntry(dependencies.store.snapshot, folders);
    },
    nodeOf: (argument) => toTree(dependencies.store.snapshot, folders, forwardedPorts.all).nodes.get(String(argument)),
    openDashboard: async (folder) => void some.calls.push(`openDashboard ${folder}`),
    reveal: async (row) => void some.calls.push(`reveal ${row}`),
    refresh: () => dependencies.store.refresh(),
  };
  return { ...some, context };
}
