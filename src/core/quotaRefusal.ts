/** Name of the quota that charts/worktree makes, and the setting behind each of its limits. */
const ownQuota = 'worktree';
const settings: Readonly<Record<string, string>> = {
  pods: 'coppice.quota.pods',
  'requests.cpu': 'coppice.quota.cpu',
  'limits.memory': 'coppice.quota.memory',
};

/**
 * The words of Kubernetes for a pod that a quota has no room for, without the pod's name and with the setting that says how
 * much room there is. undefined: the text tells of something else. No code tells it apart: a deployment has the text only.
 */
export function quotaRefusal(text: string): string | undefined {
  const [refusal, quota] = /exceeded quota: ([^,]+), requested: .*$/s.exec(text) ?? [];
  if (refusal === undefined) return undefined;
  const limited = /limited: (.*)$/s.exec(refusal)?.[1] ?? '';
  const named = limited.split(',').flatMap((limit) => settings[limit.split('=')[0]?.trim() ?? ''] ?? []);
  return quota === ownQuota && named.length > 0 ? `${refusal} (${named.join(', ')})` : refusal;
}
