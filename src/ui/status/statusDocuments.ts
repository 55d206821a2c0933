import * as vscode from 'vscode';
import type { Snapshot, WorktreeEntry } from '../../core/model';
import { lastSegment } from '../editor/paths';
import { statusText } from './statusText';

export const statusScheme = 'coppice-status';

/** Read-only documents, one per worktree, that tell its status and follow it while they are open. */
export class StatusDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #snapshot: () => Snapshot;
  readonly #notes = new Map<string, string>();
  readonly #changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changes.event;
  readonly #registration: vscode.Disposable;

  constructor(snapshot: () => Snapshot) {
    this.#snapshot = snapshot;
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(statusScheme, this);
  }

  /** @param note something about its URLs that the snapshot does not know */
  async show(entry: WorktreeEntry, note?: string): Promise<void> {
    const { path } = entry.worktree;
    if (note === undefined) this.#notes.delete(path);
    else this.#notes.set(path, note);
    const name = `${lastSegment(path)}.status`;
    const uri = vscode.Uri.from({ scheme: statusScheme, path: `/${name}`, query: path });
    // One that is open already is asked for anew: the note may be another.
    this.#changes.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const snapshot = this.#snapshot();
    const entry = snapshot.entries.find(({ worktree }) => worktree.path === uri.query);
    return entry ? statusText(snapshot, entry, this.#notes.get(uri.query)) : 'This worktree is gone.\n';
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
