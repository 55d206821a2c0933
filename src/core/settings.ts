// Written by "npm run manifest" from manifest/settings: change it there.

import type { AgentSettings } from './settings/agentSettings';
import type { CleanUpSettings } from './settings/cleanUpSettings';
import type { ClusterLimitSettings } from './settings/clusterLimitSettings';
import type { ClusterSettings } from './settings/clusterSettings';
import type { RoomSettings } from './settings/roomSettings';
import type { ServerSettings } from './settings/serverSettings';
import type { TelemetryAndTemporalSettings } from './settings/telemetryAndTemporalSettings';
import type { WorktreeSettings } from './settings/worktreeSettings';

/** What a person can set. */
export interface Settings
  extends
    WorktreeSettings,
    AgentSettings,
    RoomSettings,
    CleanUpSettings,
    ServerSettings,
    TelemetryAndTemporalSettings,
    ClusterSettings,
    ClusterLimitSettings {}

export const defaultSettings: Settings = {
  'worktree.folder': '${repository}.worktrees/${slug}',
  'worktree.base': '',
  'pool.size': 0,
  'setup.timeout': 600,
  'create.readyTimeout': 120,
  'create.steadyTime': 5,
  'environments.automatic': 'never',
  'notices.failing': false,
  'agent.command': 'claude',
  'agent.notify': false,
  'agent.sandboxHosts': [],
  'agent.startWhen': 'ready',
  'sleep.after': 0,
  'start.freeMemory': 512,
  'start.load': 0,
  'start.waitTime': 600,
  'trash.hours': 24,
  'clean.days': 7,
  'clean.automatic': 'never',
  'gateway.port': 8080,
  'helm.path': '',
  'postgres.url': '',
  'postgres.podAddress': '',
  'postgres.binaries': '',
  home: '',
  'telemetry.otlpEndpoint': 'http://127.0.0.1:4318',
  'grafana.url': '',
  'prometheus.url': '',
  'loki.url': '',
  'jaeger.url': '',
  'temporal.address': '127.0.0.1:7233',
  'temporal.path': '',
  'temporal.ui': '',
  'cluster.default': 'embedded',
  'cluster.allowedContexts': [],
  'cluster.kubeconfig': '',
  'cluster.mountedFolders': [],
  'registry.push': '',
  'registry.pull': '',
  'ingress.class': '',
  'ingress.gateway': '',
  'ingress.port': 0,
  'ingress.namespace': 'kube-system',
  'infra.values': '',
  'quota.enabled': true,
  'quota.pods': 30,
  'quota.cpu': '4',
  'quota.memory': '30Gi',
  'quota.containerMemory': '1Gi',
};

/** The least and the most that a number may be. */
export const settingLimits: Partial<Record<keyof Settings, readonly [minimum: number, maximum: number]>> = {
  'pool.size': [0, 3],
  'setup.timeout': [1, 86400],
  'create.readyTimeout': [1, 3600],
  'create.steadyTime': [0, 600],
  'sleep.after': [0, 43200],
  'start.freeMemory': [0, 1048576],
  'start.load': [0, 1000],
  'start.waitTime': [0, 86400],
  'trash.hours': [0, 8760],
  'clean.days': [0, 3650],
  'gateway.port': [1, 65535],
  'ingress.port': [0, 65535],
  'quota.pods': [1, 10000],
};
