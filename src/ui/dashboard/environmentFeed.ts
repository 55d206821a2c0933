import { toAppError } from '../../core/errors';
import type { ToPage, View } from '../../../webview/protocol';
import type { DashboardHost } from './dashboardHost';
import { CommitFeed } from './commitFeed';
import { PastFeed } from './pastFeed';
import { TelemetryFeed } from './telemetryFeed';

type FeedHost = Pick<DashboardHost, 'watchTelemetry' | 'pastTelemetry' | 'commits' | 'store' | 'log'>;

/** Tells a page of one environment: what it does now, what its cluster kept, and the commits of its branch. Disposed by whoever made it. */
export class EnvironmentFeed {
  readonly #watching = new AbortController();
  readonly #now: TelemetryFeed;
  readonly #past: PastFeed;
  readonly #commits: CommitFeed;

  /** @param worktree its folder @param what `figures`: no events and no logs, which are not asked for then */
  constructor(
    readonly namespace: string,
    worktree: string,
    what: 'all' | 'figures',
    host: FeedHost,
    post: (message: ToPage) => void,
  ) {
    const { watchTelemetry, pastTelemetry, log } = host;
    const now = new TelemetryFeed(post);
    this.#now = now;
    this.#past = new PastFeed(namespace, pastTelemetry, post, (error) =>
      log.warn(`The past of ${namespace} is not known: ${toAppError(error).message}`),
    );
    this.#commits = new CommitFeed(worktree, host, post);
    const figures = {
      onSamples: (samples: Parameters<typeof now.onSamples>[0]) => now.onSamples(samples),
      onState: (failure: string | undefined) => now.onState(failure),
    };
    watchTelemetry(namespace, what === 'all' ? now : figures, this.#watching.signal);
  }

  show(range: View['range']): void {
    this.#past.show(range);
    this.#commits.show(range);
  }

  dispose(): void {
    this.#watching.abort();
    this.#past.dispose();
    this.#commits.dispose();
    this.#now.dispose();
  }
}
