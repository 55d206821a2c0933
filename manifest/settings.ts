import type { SettingRow } from './settingRow';
import { clusterSettings } from './settings/clusterSettings';
import { quotaSettings } from './settings/quotaSettings';
import { serverSettings } from './settings/serverSettings';
import { telemetrySettings } from './settings/telemetrySettings';
import { worktreeSettings } from './settings/worktreeSettings';

/** In the order of the settings page. */
export const settings: readonly (readonly SettingRow[])[] = [
  worktreeSettings,
  serverSettings,
  telemetrySettings,
  quotaSettings,
  clusterSettings,
];
