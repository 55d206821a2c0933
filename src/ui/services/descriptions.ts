import * as vscode from 'vscode';
import type { UiDependencies } from '../editor/dependencies';

export const descriptionScheme = 'coppice-describe';

/** Read-only documents that say what the cluster knows of a service, read anew whenever one is asked for. */
export class Descriptions implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #dependencies: Pick<UiDependencies, 'services'>;
  /** By URI: what was read last. */
  readonly #texts = new Map<string, string>();
  readonly #changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changes.event;
  readonly #subscriptions: vscode.Disposable;

  constructor(dependencies: Pick<UiDependencies, 'services'>) {
    this.#dependencies = dependencies;
    this.#subscriptions = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(descriptionScheme, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#texts.delete(uri.toString())),
    );
  }

  /** @param path the worktree's folder @throws AppError when it cannot be read */
  async show(path: string, service: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: descriptionScheme, path: `/${service}.txt`, query: path });
    const run = { signal: new AbortController().signal, report: () => undefined };
    this.#texts.set(uri.toString(), await this.#dependencies.services.describe({ folder: path, path, service }, run));
    this.#changes.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#changes.dispose();
  }
}
