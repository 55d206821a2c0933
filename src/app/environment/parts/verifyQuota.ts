import { parseAmount } from '../../../core/text/amount';
import { traitsOf } from '../../../core/clusterTraits';
import type { EnvironmentFile } from '../../../core/environmentFile';
import { AppError } from '../../../core/errors';
import type { ClusterIdentity } from '../../../core/model';
import type { Settings } from '../../../core/settings';

type QuotaKey = 'quota.pods' | 'quota.cpu' | 'quota.memory' | 'quota.containerMemory';

export type QuotaSettings = Pick<Settings, 'quota.enabled' | QuotaKey>;

/** What charts/worktree says of a container that says nothing itself. */
const cpuOfContainer = '10m';

/**
 * Refuses a quota that is none, or that has no room for what the environment file asks for. A chart of the repository's
 * own says itself what it asks for: what that takes too much of, the cluster tells.
 *
 * @throws notConfigured naming the setting
 */
export function verifyQuota(
  cluster: ClusterIdentity,
  settings: QuotaSettings,
  file: Pick<EnvironmentFile, 'services' | 'chart'>,
): void {
  if (!traitsOf(cluster).enforcesQuota || !settings['quota.enabled']) return;
  const pods = settings['quota.pods'];
  if (!Number.isInteger(pods) || pods < 1) refuse('quota.pods', `is ${pods}: it must be a whole number of pods.`);
  const cpu = amountOf(settings, 'quota.cpu');
  const memory = amountOf(settings, 'quota.memory');
  const containerMemory = amountOf(settings, 'quota.containerMemory');
  if (file.chart !== undefined) return;
  const asked = file.services.reduce((sum, { replicas }) => sum + replicas, 0);
  const services = file.services.map(({ name, replicas }) => (replicas === 1 ? name : `${name} × ${replicas}`));
  const whose = `coppice.yaml asks for ${asked} (${services.join(', ')})`;
  if (asked > pods) refuse('quota.pods', `allows ${pods === 1 ? 'one pod' : `${pods} pods`}, and ${whose}.`);
  if (asked * containerMemory > memory) {
    const each = `each of which may use ${settings['quota.containerMemory']} (coppice.quota.containerMemory)`;
    refuse('quota.memory', `allows ${settings['quota.memory']}, and ${whose}, ${each}.`);
  }
  if (asked * (parseAmount(cpuOfContainer) ?? 0) > cpu)
    refuse('quota.cpu', `allows ${settings['quota.cpu']}, and ${whose}, each of which takes ${cpuOfContainer}.`);
}

function amountOf(settings: QuotaSettings, key: Exclude<QuotaKey, 'quota.pods'>): number {
  const amount = parseAmount(settings[key]);
  return amount ?? refuse(key, `is ${JSON.stringify(settings[key])}: it must be an amount such as 500m, 4 or 16Gi.`);
}

function refuse(setting: QuotaKey, why: string): never {
  throw new AppError('notConfigured', `The quota coppice.${setting} ${why}`, {
    remedy: { title: 'Open Settings', action: { kind: 'openSettings', setting } },
  });
}
