import * as vscode from 'vscode';
import type { ContextKeys } from './viewState';

/** The only place that sets context keys; writes only what changed. */
export class ContextKeyWriter {
  readonly #written = new Map<string, unknown>();

  write(keys: ContextKeys): void {
    for (const [key, value] of Object.entries(keys) as [string, unknown][]) {
      if (this.#written.has(key) && this.#written.get(key) === value) continue;
      this.#written.set(key, value);
      void vscode.commands.executeCommand('setContext', key, value);
    }
  }
}
