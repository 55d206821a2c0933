import * as vscode from 'vscode';
import { DisposableStore } from '../../core/event';

/** What makes and holds pages of one kind, once its code is loaded. */
export interface LoadedPages {
  /** Takes over a tab that the window had when it was closed. */
  restore(panel: vscode.WebviewPanel, state: unknown): void;
  dispose(): void;
}

/** Stands for pages until one is opened: their code is loaded then. Also brings back those of the last session. */
export class LazyPage<Loaded extends LoadedPages> implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #load: () => Promise<Loaded>;
  readonly #held = new DisposableStore();
  #loaded: Promise<Loaded> | undefined;

  constructor(viewType: string, load: () => Promise<Loaded>) {
    this.#load = load;
    this.#held.add(vscode.window.registerWebviewPanelSerializer(viewType, this));
  }

  /** Rejects when the code cannot be loaded; the next call tries again. */
  loaded(): Promise<Loaded> {
    return (this.#loaded ??= this.#load().catch((error: unknown) => {
      this.#loaded = undefined;
      throw error;
    }));
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    (await this.loaded()).restore(panel, state);
  }

  dispose(): void {
    this.#held.dispose();
    void this.#loaded?.then(
      (loaded) => loaded.dispose(),
      () => undefined,
    );
  }
}
