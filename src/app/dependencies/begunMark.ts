import type { DependencyProject } from '../../core/dependencies/dependencyProject';
import type { Worktree } from '../../core/model';
import type { BegunInstall, Installs } from '../../core/ports/installs';

/** That an install of a project has begun in a worktree and has not ended well: what is there is not complete. */
export class BegunMark {
  readonly #installs: Installs;
  readonly #project: BegunInstall;

  constructor(installs: Installs, { folder, tool: { lockfile } }: DependencyProject) {
    this.#installs = installs;
    // Not by the lockfile's content: half an install stays one when the lockfile changes.
    this.#project = { folder, lockfile };
  }

  async isAt(worktree: Worktree): Promise<boolean> {
    return (await this.#installs.begun(worktree)).some((each) => this.#isThis(each));
  }

  async add(worktree: Worktree): Promise<void> {
    const others = await this.#others(worktree);
    await this.#installs.write(worktree, [...others, this.#project]);
  }

  async remove(worktree: Worktree): Promise<void> {
    if (await this.isAt(worktree)) await this.#installs.write(worktree, await this.#others(worktree));
  }

  async #others(worktree: Worktree): Promise<readonly BegunInstall[]> {
    return (await this.#installs.begun(worktree)).filter((each) => !this.#isThis(each));
  }

  #isThis({ folder, lockfile }: BegunInstall): boolean {
    return folder === this.#project.folder && lockfile === this.#project.lockfile;
  }
}
