import * as vscode from 'vscode';
import type { Snapshot, WorktreeEntry } from '../core/model';
import { lastSegment } from './paths';
import { statusText } from './statusText';

export const statusScheme = 'coppice-status';

/** Read-only documents, one per worktree, that tell its status and follow it while they are open. */
export class StatusDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #snapshot: () => Snapshot;
  readonly #changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changes.event;
  readonly #registration: vscode.Disposable;

  constructor(snapshot: () => Snapshot) {
    this.#snapshot = snapshot;
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(statusScheme, this);
  }

  async show(entry: WorktreeEntry): Promise<void> {
    const { path } = entry.worktree;
    const name = `${lastSegment(path)}.status`;
    const uri = vscode.Uri.from({ scheme: statusScheme, path: `/${name}`, query: path });
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const snapshot = this.#snapshot();
    const entry = snapshot.entries.find(({ worktree }) => worktree.path === uri.query);
    return entry ? statusText(snapshot, entry) : 'This worktree is gone.\n';
  }

  /** The snapshot changed: open documents follow. */
  update(): void {
    for (const { uri } of vscode.workspace.textDocuments) if (uri.scheme === statusScheme) this.#changes.fire(uri);
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changes.dispose();
  }
}
