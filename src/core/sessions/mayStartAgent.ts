import type { Settings } from '../settings';

/** Whether an agent that was asked for with an environment is started in it. Only what says `atOnce` lets it find one that is not ready. */
export function mayStartAgent(
  { ready }: { readonly ready: boolean },
  settings: Pick<Settings, 'agent.startWhen'>,
): boolean {
  return ready || settings['agent.startWhen'] === 'atOnce';
}
