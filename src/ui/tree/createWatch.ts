import type { CreateRequest } from '../../app/environment/requests';
import type { UseCase } from '../../app/run/run';

/** What this window makes now, with the step that it is at. */
export interface RunningCreate {
  /** Of a worktree that there is not yet; undefined: it is in the folder. */
  readonly branch: string | undefined;
  readonly folder: string | undefined;
  /** "Clone the database"; '' before the first. */
  readonly step: string;
}

/** The creates and updates of this window, so that their rows say how far they are. */
export class CreateWatch {
  readonly #all = new Set<{ made: RunningCreate }>();
  readonly #onDidChange: () => void;

  constructor(onDidChange: () => void) {
    this.#onDidChange = onDidChange;
  }

  get all(): readonly RunningCreate[] {
    return [...this.#all].map(({ made }) => made);
  }

  /** The same use case; its rows say how far it is while it runs. */
  followed<Result>(useCase: UseCase<CreateRequest, Result>): UseCase<CreateRequest, Result> {
    return async (request, run) => {
      const { target } = request;
      const own = { branch: undefined, folder: undefined, step: '' };
      const one: { made: RunningCreate } = {
        made: target.kind === 'worktree' ? { ...own, folder: target.path } : { ...own, branch: target.branch },
      };
      this.#all.add(one);
      this.#onDidChange();
      try {
        return await useCase(request, {
          ...run,
          report: (news) => {
            run.report(news);
            if (news.state !== 'running' || news.title === one.made.step) return;
            one.made = { ...one.made, step: news.title };
            this.#onDidChange();
          },
        });
      } finally {
        this.#all.delete(one);
        this.#onDidChange();
      }
    };
  }
}
