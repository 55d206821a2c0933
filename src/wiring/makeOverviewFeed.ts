import { setTimeout as delay } from 'node:timers/promises';
import { openRequests } from '../app/promote/openRequests';
import { OverviewFeed, type OverviewPorts } from '../app/telemetry/overviewFeed';
import { traitsOf } from '../core/clusterTraits';
import type { Connections } from './wireConnections';
import type { Machine } from './wireMachine';

interface Parts extends Pick<Connections, 'at'>, Pick<OverviewPorts, 'telemetry'> {
  readonly machine: Machine;
}

/** Loaded when an overview is opened. */
export async function makeOverviewFeed({ machine, telemetry, at }: Parts): Promise<OverviewFeed> {
  const [{ GitWorktreeFacts }, { GitBranchPushes }, { GhPullRequests }] = await Promise.all([
    import('../adapters/git/gitWorktreeFacts'),
    import('../adapters/git/gitBranchPushes'),
    import('../adapters/github/ghPullRequests'),
  ]);
  const { env, embedded, clock, log } = machine;
  const facts = new GitWorktreeFacts(env);
  const pushes = new GitBranchPushes(env);
  const pullRequests = new GhPullRequests(env);
  return new OverviewFeed({
    telemetry,
    visits: async (folder, signal) =>
      traitsOf((await at(folder)).identity).isProcess ? (await embedded()).visits(signal) : undefined,
    pullRequests: (repository, signal) => openRequests({ pushes, pullRequests }, repository, signal),
    size: (...asked) => facts.size(...asked),
    log,
    now: () => clock.now(),
    passed: () => performance.now(),
    pause: async (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
  });
}
