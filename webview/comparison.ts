import { marksOfBoth, type OwnedMark } from './marks';
import type { ComparedView, Figures, MarkView, Sample, ToPage } from './protocol';
import { withPast, withSamples } from './series';

type Told = Extract<ToPage, { readonly type: 'comparison' }>['with'];

/** What is known of the environment that the page's own is compared with. */
export class Comparison {
  #worktree = '';
  #environment: ComparedView | undefined;
  #past: readonly Sample[] = [];
  #heard: readonly Sample[] = [];
  #marks: readonly MarkView[] = [];
  #commits: readonly MarkView[] = [];
  #failure = '';

  /** The folder of the other worktree; '': nothing is compared. */
  get worktree(): string {
    return this.#worktree;
  }

  get environment(): ComparedView | undefined {
    return this.#environment;
  }

  /** Why nothing new comes of it; '' when it comes. */
  get failure(): string {
    return this.#failure;
  }

  get samples(): readonly Sample[] {
    return withPast(this.#past, this.#heard);
  }

  begin(told: Told): void {
    const isSame = told?.worktree === this.#worktree && told.environment.namespace === this.#environment?.namespace;
    this.#worktree = told?.worktree ?? '';
    this.#environment = told?.environment;
    if (isSame) return;
    // Of another one nothing is known yet.
    [this.#past, this.#heard, this.#marks, this.#commits, this.#failure] = [[], [], [], [], ''];
  }

  /** News of one that is compared no more, or not yet, is passed over. */
  take(worktree: string, news: Figures): void {
    if (worktree !== this.#worktree) return;
    switch (news.type) {
      case 'samples':
        this.#heard = withSamples(this.#heard, news.samples);
        return;
      case 'past':
        this.#past = news.samples;
        this.#marks = news.marks;
        return;
      case 'commits':
        this.#commits = news.marks;
        return;
      case 'feed':
        this.#failure = news.failure;
        return;
    }
  }

  /** Its own beside those of the page's environment. */
  marksWith(own: readonly MarkView[]): readonly OwnedMark[] {
    return this.#environment ? marksOfBoth(own, [...this.#marks, ...this.#commits], this.#environment.name) : own;
  }
}
