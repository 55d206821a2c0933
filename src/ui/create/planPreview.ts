import type { CreatePlan } from '../../app/environment/requests';
import { isAbort, toAppError } from '../../core/errors';
import { iconless, linkless } from '../editor/text';

const debounceMs = 200;

/** Tells under an input what the active choice would make, once a person pauses on it; a newer one takes its place. */
export class PlanPreview<What> {
  readonly #plan: (choice: What, signal: AbortSignal) => Promise<string | undefined>;
  readonly #show: (text: string | undefined) => void;
  #cancel = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    plan: (choice: What, signal: AbortSignal) => Promise<string | undefined>,
    show: (text: string | undefined) => void,
  ) {
    this.#plan = plan;
    this.#show = show;
  }

  of(choice: What | undefined): void {
    this.dispose();
    this.#cancel = new AbortController();
    const { signal } = this.#cancel;
    if (choice === undefined) return this.#show(undefined);
    this.#timer = setTimeout(() => void this.#tell(choice, signal), debounceMs);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#cancel.abort();
  }

  /** Never rejects: why a choice cannot be made is what there is to tell. */
  async #tell(choice: What, signal: AbortSignal): Promise<void> {
    let text: string | undefined;
    try {
      text = await this.#plan(choice, signal);
    } catch (error) {
      if (isAbort(error)) return;
      text = toAppError(error).message;
    }
    // The line under the input draws icons and links.
    if (!signal.aborted) this.#show(text === undefined ? undefined : iconless(linkless(text)));
  }
}

/** One line: where it will be found, and what it is called. */
export function planText(plan: CreatePlan): string {
  const parts = plan.parts.map(({ part, name }) => `, ${part} ${name}`).join('');
  const built = plan.images.flatMap(({ services }) => services).join(', ');
  return `http://${plan.host}, folder ${plan.worktreeFolder}${parts}${built && `, builds the image of ${built}`}`;
}
