import { limits, type Figures, type ToPage, type View } from '../../../webview/protocol';
import { shortened } from '../editor/text';
import type { DashboardHost } from './dashboardHost';
import { EnvironmentFeed } from './environmentFeed';
import { environmentView } from './environmentView';

export type ComparisonMessage = Extract<ToPage, { readonly type: 'comparison' }>;

/** Grafana's panels are of one environment each. */
const withoutGrafana =
  "drawn from what the cluster itself tells; Grafana's panels, which show one environment each, are back when the comparison ends";

/** The environment that a dashboard's own is compared with. What feeds the page of it runs between `follow` and `pause`. */
export class ComparedEnvironment {
  readonly #host: DashboardHost;
  readonly #post: (message: ToPage) => void;
  #feed: EnvironmentFeed | undefined;
  #worktree: string;
  #told = '';

  /** @param worktree its folder; '': nothing is compared */
  constructor(worktree: string, host: DashboardHost, post: (message: ToPage) => void) {
    this.#worktree = worktree;
    this.#host = host;
    this.#post = post;
  }

  get isCompared(): boolean {
    return this.#worktree !== '';
  }

  /** @param worktree its folder; '': nothing is compared any more */
  choose(worktree: string): void {
    this.#worktree = worktree;
  }

  /** As the page is told of it. */
  get message(): ComparisonMessage {
    if (!this.isCompared) return { type: 'comparison', with: null };
    const { name, namespace, state } = environmentView(this.#host.store.snapshot, this.#worktree);
    const note = this.#host.grafana.current?.grafana?.state === 'ready' ? withoutGrafana : '';
    return {
      type: 'comparison',
      with: { worktree: shortened(this.#worktree, limits.path), environment: { name, namespace, state, note } },
    };
  }

  /** Says what the page does not know yet, and feeds it. */
  follow(range: View['range']): void {
    const { message } = this;
    const told = JSON.stringify(message);
    if (told !== this.#told) this.#post(message);
    this.#told = told;
    const namespace = message.with?.environment.namespace ?? '';
    const worktree = message.with?.worktree ?? '';
    if (namespace !== this.#feed?.namespace) {
      this.pause();
      if (namespace !== '')
        this.#feed = new EnvironmentFeed(namespace, this.#worktree, 'figures', this.#host, (news) => {
          if (isOfFigures(news)) this.#post({ type: 'compared', worktree, news });
        });
    }
    this.#feed?.show(range);
  }

  pause(): void {
    this.#feed?.dispose();
    this.#feed = undefined;
  }

  /** The page knows nothing any more: it begins. */
  forget(): void {
    this.pause();
    this.#told = '';
  }
}

function isOfFigures(message: ToPage): message is Figures {
  return ['samples', 'past', 'commits', 'feed'].includes(message.type);
}
