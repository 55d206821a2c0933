import { join } from 'node:path';
import type { WorktreeEntry } from '../../src/core/model';
import { settingsFromEnvironment } from '../../src/cli/settings';
import { NewWorktrees } from '../../src/ui/window/newWorktrees';
import { wireProduct } from '../../src/wiring/wireProduct';
import { until } from './until';
import { editor } from './vscodeStub';

/** What a window of VS Code that is open on a world's repository does with worktrees that others make: all of it but VS Code. */
export class AutomaticWindow {
  readonly #logged: string[] = [];
  readonly #store;
  readonly #windows: NewWorktrees;

  constructor(world: { readonly env: NodeJS.ProcessEnv; readonly repository: string }) {
    const settings = settingsFromEnvironment(world.env);
    const say = (line: string): void => void this.#logged.push(line);
    const log = { debug: say, info: say, warn: say, error: say };
    const product = wireProduct({
      root: join(import.meta.dirname, '..', '..'),
      env: world.env,
      execPath: process.execPath,
      settings: () => settings,
      postgresPassword: () => Promise.resolve(undefined),
      log,
      folder: world.repository,
    });
    this.#store = product.snapshots.open(world.repository);
    this.#windows = new NewWorktrees({
      dependencies: {
        environments: product.environments,
        store: this.#store,
        log: { ...log, show: () => undefined, recent: () => this.#logged },
      },
      onDidChange: () => undefined,
      courtesyMs: 200,
    });
    this.#store.onDidChange((snapshot) => this.#windows.update(snapshot));
    this.#store.setVisible(true);
  }

  /** Once it knows what there is; what is made from then on is new. */
  async setMode(mode: 'never' | 'always'): Promise<void> {
    await until(() => this.#store.snapshot.repository !== undefined, 30_000);
    await this.#store.refresh();
    editor.settings.set('coppice.environments.automatic', mode);
  }

  /** Why it made no environment for a worktree; undefined: nothing has failed. */
  failureFor(name: string): string | undefined {
    return this.#logged.find((line) => line.startsWith(`No environment was created for ${name}:`));
  }

  /** Resolves once it makes an environment in a folder, or has failed to. */
  async hasBegun(path: string, name: string): Promise<void> {
    await until(async () => {
      if (this.failureFor(name) !== undefined) return true;
      await this.#store.refresh();
      const entry: WorktreeEntry | undefined = this.#store.snapshot.entries.find((each) => each.worktree.path === path);
      return entry?.work !== undefined || entry?.identity !== undefined;
    }, 60_000);
  }

  dispose(): void {
    this.#windows.dispose();
    this.#store.dispose();
    editor.reset();
  }
}
