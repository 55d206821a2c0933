import * as vscode from 'vscode';
import { environmentFileName, type EnvironmentFileProblem } from '../../core/environmentFile';
import { lastSegment } from '../editor/paths';
import type { UiDependencies } from '../editor/dependencies';

const debounceMs = 300;

/** Marks what is wrong with environment files while they are open, saved or not, and offers what certainly puts it right. */
export class EnvironmentFileDiagnostics implements vscode.CodeActionProvider, vscode.Disposable {
  readonly #dependencies: Pick<UiDependencies, 'environmentFile' | 'log'>;
  readonly #collection = vscode.languages.createDiagnosticCollection('coppice');
  readonly #fixes = new WeakMap<vscode.Diagnostic, string>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #subscriptions: vscode.Disposable;

  constructor(dependencies: Pick<UiDependencies, 'environmentFile' | 'log'>) {
    this.#dependencies = dependencies;
    this.#subscriptions = vscode.Disposable.from(
      this.#collection,
      vscode.languages.registerCodeActionsProvider({ pattern: `**/${environmentFileName}` }, this, {
        providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
      }),
      vscode.workspace.onDidOpenTextDocument((document) => this.#schedule(document, 0)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#schedule(document, debounceMs)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#forget(uri)),
    );
    for (const document of vscode.workspace.textDocuments) this.#schedule(document, 0);
  }

  provideCodeActions(
    document: vscode.TextDocument,
    _range: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    return diagnostics.flatMap((diagnostic) => {
      const fix = this.#fixes.get(diagnostic);
      return fix === undefined ? [] : toAction(document, diagnostic, fix);
    });
  }

  #schedule(document: vscode.TextDocument, delay: number): void {
    if (!isEnvironmentFile(document)) return;
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#timers.set(
      key,
      setTimeout(() => void this.#check(document), delay),
    );
  }

  /** Never rejects. */
  async #check(document: vscode.TextDocument): Promise<void> {
    const { version, uri } = document;
    this.#timers.delete(uri.toString());
    try {
      const problems = await this.#dependencies.environmentFile.check(document.getText());
      // The text has moved on: its own check is under way.
      if (document.version !== version || document.isClosed) return;
      this.#collection.set(
        uri,
        problems.map((problem) => {
          const diagnostic = toDiagnostic(document, problem);
          if (problem.fix !== undefined) this.#fixes.set(diagnostic, problem.fix);
          return diagnostic;
        }),
      );
    } catch (error) {
      this.#dependencies.log.error(`${environmentFileName} could not be checked.`, error);
    }
  }

  #forget(uri: vscode.Uri): void {
    clearTimeout(this.#timers.get(uri.toString()));
    this.#timers.delete(uri.toString());
    this.#collection.delete(uri);
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#subscriptions.dispose();
  }
}

export function isEnvironmentFile(document: vscode.TextDocument): boolean {
  return lastSegment(document.uri.path) === environmentFileName && document.uri.scheme !== 'git';
}

function toAction(document: vscode.TextDocument, diagnostic: vscode.Diagnostic, fix: string): vscode.CodeAction {
  const { range } = diagnostic;
  const action = new vscode.CodeAction(`Change to ${JSON.stringify(fix)}`, vscode.CodeActionKind.QuickFix);
  action.diagnostics = [diagnostic];
  // It is the only one that is certain.
  action.isPreferred = true;
  action.edit = new vscode.WorkspaceEdit();
  const quote = /^["']/.exec(document.getText(range))?.[0] ?? '';
  action.edit.replace(document.uri, range, `${quote}${fix}${quote}`);
  return action;
}

/** From the position to the end of the word there, or of the line. */
function toDiagnostic(document: vscode.TextDocument, problem: EnvironmentFileProblem): vscode.Diagnostic {
  const line = Math.min(Math.max(problem.line - 1, 0), document.lineCount - 1);
  const { range } = document.lineAt(line);
  const start = new vscode.Position(line, Math.min(Math.max(problem.column - 1, 0), range.end.character));
  const word = document.getWordRangeAtPosition(start, /[^\s,:{}[\]]+/);
  const diagnostic = new vscode.Diagnostic(new vscode.Range(start, word?.end ?? range.end), problem.message);
  diagnostic.source = 'Coppice';
  return diagnostic;
}
