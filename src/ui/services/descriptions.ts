import * as vscode from 'vscode';
import type { UiDependencies } from '../editor/dependencies';

export const descriptionScheme = 'coppice-describe';

interface Side {
  /** What the document is called. */
  readonly name: string;
  readonly text: string;
  /** Of the document's name, which says what it is written in; left out: `txt`. */
  readonly ending?: string;
}

/** Read-only documents: what the cluster knows of a service and what a worktree can reach, read anew whenever one is asked for, and texts that are compared. */
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
    const run = { signal: new AbortController().signal, report: () => undefined };
    const text = await this.#dependencies.services.describe({ folder: path, path, service }, run);
    await this.showText({ name: service, text }, path);
  }

  /** @param path the worktree's folder: of another worktree the same name is another document */
  async showText(side: Side, path: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(this.#put(side, path));
    await vscode.window.showTextDocument(document, { preview: true });
  }

  /** Shows where two texts differ. @param title of the editor */
  async compare([before, after]: readonly [Side, Side], title: string): Promise<void> {
    // By both of them: the editor of another comparison that one of them is in keeps its own texts.
    const query = (side: 'before' | 'after'): string => JSON.stringify([side, before.name, after.name]);
    const [left, right] = [this.#put(before, query('before')), this.#put(after, query('after'))];
    await vscode.commands.executeCommand('vscode.diff', left, right, title, { preview: true });
  }

  #put({ name, text, ending = 'txt' }: Side, query: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: descriptionScheme, path: `/${name}.${ending}`, query });
    this.#texts.set(uri.toString(), text);
    this.#changes.fire(uri);
    return uri;
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#changes.dispose();
  }
}
