import * as vscode from 'vscode';
import { Emitter } from '../../../src/core/event';
import type { Snapshot } from '../../../src/core/model';
import type { CommandContext } from '../../../src/ui/context/commandContext';
import type { UiDependencies } from '../../../src/ui/editor/dependencies';
import { Descriptions } from '../../../src/ui/services/descriptions';
import { ForwardedPorts } from '../../../src/ui/services/forwardedPorts';
import { LogTerminals } from '../../../src/ui/logs/logTerminals';
import { StatusDocuments } from '../../../src/ui/status/statusDocuments';
import { toTree } from '../../../src/ui/tree/nodes';
import { windowEntry } from '../../../src/ui/editor/windowEntry';
import { editor } from '../../support/vscodeStub';
import { aMemento } from '../../support/aMemento';
import { aSnapshot } from './builders';

/** Of each noun what a test expects to be called. */
export type SomeDependencies = { readonly [Noun in keyof UiDependencies]?: Partial<UiDependencies[Noun]> };

/** Dependencies that fail the test when one is called that it does not expect; `calls` has the names. */
export function someDependencies(change: SomeDependencies = {}) {
  const calls: string[] = [];
  const changes = new Emitter<Snapshot>();
  const logged: string[] = [];
  const say = (message: string): void => void logged.push(message);
  const none = <Name extends string>(noun: string, names: readonly Name[]): Record<Name, () => Promise<never>> => {
    const unexpected = (name: Name) => async (): Promise<never> => {
      calls.push(`${noun}.${name}`);
      throw new Error(`${noun}.${name} was called`);
    };
    return Object.fromEntries(names.map((name) => [name, unexpected(name)])) as Record<Name, () => Promise<never>>;
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
      setFollowed: (isFollowed) => void calls.push(`setFollowed ${isFollowed}`),
      ...change.store,
    },
    log: {
      ...{ debug: say, info: say, warn: say, error: say },
      show: () => void calls.push('showLog'),
      recent: () => logged,
    },
    environments: {
      ...none('environments', [
        'plan',
        'create',
        'wait',
        'changes',
        'setup',
        'delete',
        'deleteOrphan',
        'deleteByNamespace',
        'lookAtDelete',
      ]),
      programsIn: async () => new Map(),
      ...none('environments', ['finishDelete', 'variables', 'every', 'sleep', 'sleepUnused', 'wake']),
      ...none('environments', ['undoDelete', 'sweepTrash', 'deleted', 'leastUsed']),
      ...change.environments,
    },
    worktrees: { ...none('worktrees', ['branches', 'commits', 'defaultBase', 'path']), ...change.worktrees },
    trash: { ...none('trash', ['list', 'empty', 'findDatabase', 'dropDatabase', 'leftDatabases']), ...change.trash },
    promotions: { ...none('promotions', ['plan', 'promote']), ...change.promotions },
    cleanup: { ...none('cleanup', ['list', 'remove', 'collect', 'keep']), ...change.cleanup },
    databases: {
      ...none('databases', ['status', 'migrate', 'checkServer', 'refreshTemplate', 'recipeAges', 'returnServer']),
      ...none('databases', [
        'listSnapshots',
        'listKeptSnapshots',
        'deleteKeptSnapshot',
        'takeSnapshot',
        'restoreSnapshot',
        'reset',
        'deleteSnapshot',
        'fork',
        'url',
        'psql',
        'query',
        'latestRows',
        'compare',
        'list',
        'protect',
      ]),
      ...change.databases,
    },
    services: {
      ...none('services', [
        'restart',
        'scale',
        'describe',
        'ports',
        'forward',
        'exec',
        'lastEdit',
        'logFeed',
        'source',
        'usage',
        'urlTrouble',
        'openInBrowser',
      ]),
      logs: () => {
        throw new Error('services.logs was called');
      },
      ...change.services,
    },
    launcher: { ...none('launcher', ['look', 'install', 'remove', 'refresh']), ...change.launcher },
    clusters: {
      ...none('clusters', ['status', 'options', 'choose', 'setUp', 'start', 'stop', 'contents', 'delete', 'local']),
      ...none('clusters', ['gatewayPort']),
      ...change.clusters,
    },
    infra: { ...none('infra', ['setUp', 'status', 'contents', 'remove', 'grafanaPassword']), ...change.infra },
    pool: { ...none('pool', ['fill', 'empty', 'status']), refill: async () => undefined, ...change.pool },
    samples: { ...none('samples', ['make']), ...change.samples },
    reports: { ...none('reports', ['make']), ...change.reports },
    health: { ...none('health', ['check', 'reach']), ...change.health },
    diagnosis: { ...none('diagnosis', ['compare']), ...change.diagnosis },
    tools: { ...none('tools', ['connect']), ...change.tools },
    agents: {
      ...none('agents', ['find', 'run', 'request', 'read', 'take', 'isFirstToTell']),
      visits: none('agents.visits', ['ask', 'take']),
      ...change.agents,
    },
    notices: { ...none('notices', ['claim', 'forget']), ...change.notices },
    telemetry: {
      ...none('telemetry', ['addresses', 'checkGrafana', 'metrics', 'overview']),
      watch: () => void calls.push('telemetry.watch'),
      past: async () => undefined,
      watchAll: () => void calls.push('telemetry.watchAll'),
      pastOfAll: async () => undefined,
      ...change.telemetry,
    },
    environmentFile: { ...none('environmentFile', ['check', 'propose', 'write', 'schema']), ...change.environmentFile },
    secrets: { ...none('secrets', ['storePostgresPassword', 'storeGrafanaPassword', 'values']), ...change.secrets },
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

export function aContext(change: SomeDependencies = {}, folders: readonly string[] = []) {
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
    remembered: aMemento(),
    list: {
      order: {},
      filter: undefined,
      sortBy: async (sort) => void some.calls.push(`sortBy ${sort}`),
      show: async (filter) => void some.calls.push(`show ${filter}`),
    },
    making: { followed: (useCase) => useCase },
    get snapshot() {
      return dependencies.store.snapshot;
    },
    folders,
    get selection() {
      return editor.selection;
    },
    takeFocused: () => editor.selection[0],
    get windowEntry() {
      return windowEntry(dependencies.store.snapshot, folders);
    },
    nodeOf: (argument) => toTree(dependencies.store.snapshot, folders, forwardedPorts.all).nodes.get(String(argument)),
    openDashboard: async (folder, comparedWith) =>
      void some.calls.push(['openDashboard', folder, ...(comparedWith === undefined ? [] : [comparedWith])].join(' ')),
    openLogs: async (folder) => void some.calls.push(`openLogs ${folder}`),
    openOverview: async () => void some.calls.push('openOverview'),
    reveal: async (row) => void some.calls.push(`reveal ${row}`),
    refresh: () => dependencies.store.refresh(),
  };
  return { ...some, context };
}
