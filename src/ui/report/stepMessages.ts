import type { Progress } from '../../app/run/run';
import { linkless, plainLine } from '../editor/text';

export interface StepMessage {
  readonly message: string;
  /** Per cent since the message before. */
  readonly increment: number;
}

/** Folds the news of steps, several of which may run at a time, into the one line of a progress notification. */
export class StepMessages {
  readonly #running = new Map<string, string>();
  #percent = 0;

  next(progress: Progress): StepMessage {
    // Taken out first: what has news is the newest.
    this.#running.delete(progress.step);
    if (progress.state === 'running')
      this.#running.set(progress.step, progress.detail ? `${progress.title}: ${progress.detail}` : progress.title);
    const percent = progress.total === 0 ? 0 : (100 * progress.finished) / progress.total;
    const increment = Math.max(0, percent - this.#percent);
    this.#percent = Math.max(percent, this.#percent);
    return { message: linkless(plainLine(this.#line(progress))), increment };
  }

  #line(progress: Progress): string {
    const { state } = progress;
    if (state !== 'running' && state !== 'done') {
      const words = { undone: 'Undone', kept: 'Left behind', failed: 'Failed', short: 'Without success' };
      return `${words[state]}: ${progress.title}`;
    }
    const newest = [...this.#running.values()].at(-1) ?? progress.title;
    return `${Math.min(progress.finished + 1, progress.total)}/${progress.total} ${newest}`;
  }
}
