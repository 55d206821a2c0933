import type { SettingGroup } from './settingRow';
import { agentSettings } from './settings/agentSettings';
import { cleanUpSettings } from './settings/cleanUpSettings';
import { clusterSettings } from './settings/clusterSettings';
import { quotaSettings } from './settings/quotaSettings';
import { roomSettings } from './settings/roomSettings';
import { serverSettings } from './settings/serverSettings';
import { telemetrySettings } from './settings/telemetrySettings';
import { worktreeSettings } from './settings/worktreeSettings';

/** In the order of the settings page. */
export const settings: readonly SettingGroup[] = [
  worktreeSettings,
  agentSettings,
  roomSettings,
  cleanUpSettings,
  serverSettings,
  telemetrySettings,
  clusterSettings,
  quotaSettings,
];
