import * as vscode from 'vscode';
import { changeText, type UpdateChange } from '../../app/environment/update/updateChange';
import { needsCreate } from '../../app/view/needsCreate';
import { environmentFileName } from '../../core/environmentFile';
import { isAbort } from '../../core/errors';
import type { WorktreeEntry } from '../../core/model';
import { plural } from '../../core/text/plural';
import type { UiDependencies } from '../editor/dependencies';
import { isSamePath, parentFolder } from '../editor/paths';
import { iconless, shortened } from '../editor/text';
import { isEnvironmentFile } from './diagnostics';
import { keyLine } from './keyLine';

const detailLength = 100;
const selector: vscode.DocumentFilter = { scheme: 'file', pattern: `**/${environmentFileName}` };

type Told = readonly UpdateChange[] | undefined;

interface Known {
  /** What of the snapshot it was told by. */
  readonly by: string;
  readonly told: Promise<Told>;
  readonly cancel: AbortController;
}

/**
 * What can be done with the environment of a worktree, and what of its coppice.yaml differs from what runs, above the lines that say so.
 * It is found out when an editor asks, and again after a save and when the snapshot tells that something else is so: never by looking
 * now and then.
 */
export class EnvironmentFileLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #dependencies: Pick<UiDependencies, 'environments' | 'store' | 'log'>;
  /** By the worktree's folder: those that an editor has asked about. */
  readonly #known = new Map<string, Known>();
  readonly #changes = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#changes.event;
  readonly #subscriptions: vscode.Disposable;

  constructor(dependencies: Pick<UiDependencies, 'environments' | 'store' | 'log'>) {
    this.#dependencies = dependencies;
    this.#subscriptions = vscode.Disposable.from(
      this.#changes,
      vscode.languages.registerCodeLensProvider(selector, this),
      vscode.workspace.onDidSaveTextDocument((document) => this.#readAgain(document)),
      // An agent has written it.
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (!document.isDirty) this.#readAgain(document);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => void this.#forget(document)),
      dependencies.store.onDidChange(() => {
        if ([...this.#known].some(([path, { by }]) => by !== this.#stateOf(path))) this.#changes.fire();
      }),
    );
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const path = parentFolder(document.uri.fsPath);
    const entry = this.#entryOf(path);
    const told = this.#told(path, entry);
    // What is under way tells itself, and ends with news.
    if (!entry || entry.work !== undefined || entry.elsewhere || entry.damaged !== undefined) return [];
    // It has one that nobody sees now.
    if (!entry.environment && entry.identity?.state === 'created') return [];
    const row = `worktree:${entry.worktree.path}`;
    if (needsCreate(entry, this.#dependencies.store.snapshot))
      return [lens(0, 'Create Environment', 'coppice.createEnvironment', row)];
    const changes = await told;
    return changes ? lensesOf(document.getText(), changes, row) : [];
  }

  dispose(): void {
    for (const { cancel } of this.#known.values()) cancel.abort();
    this.#known.clear();
    this.#subscriptions.dispose();
  }

  /** Asked once for what is so. */
  #told(path: string, entry: WorktreeEntry | undefined): Promise<Told> {
    const by = this.#stateOf(path);
    const before = this.#known.get(path);
    if (before?.by === by) return before.told;
    before?.cancel.abort();
    const cancel = new AbortController();
    const isAtRest = entry?.work === undefined || entry.work === 'createCutOff';
    const isMade = entry?.environment?.terminating === false && isAtRest;
    const told = isMade ? this.#read(entry.worktree.path, cancel.signal) : Promise.resolve(undefined);
    this.#known.set(path, { by, told, cancel });
    return told;
  }

  /** Never rejects: what is wrong with the file is marked in it, and what is wrong besides is told where it is asked about. */
  async #read(path: string, signal: AbortSignal): Promise<Told> {
    const { environments, log } = this.#dependencies;
    try {
      return (await environments.changes({ folder: path }, { signal, report: () => undefined }))?.changes;
    } catch (error) {
      if (!isAbort(error)) log.debug(`What an update would change is not known: ${String(error)}`);
      return undefined;
    }
  }

  #entryOf(path: string): WorktreeEntry | undefined {
    return this.#dependencies.store.snapshot.entries.find(({ worktree }) => isSamePath(worktree.path, path));
  }

  /** Another one where something else may have to be told. */
  #stateOf(path: string): string {
    const { worktree, work, environment, elsewhere, damaged } = this.#entryOf(path) ?? {};
    const { namespace, terminating, startedAt, services = [] } = environment ?? {};
    const pods = services.map(({ name, wanted, desired }) => [name, wanted, desired]);
    return JSON.stringify([worktree?.branch, work, namespace, terminating, startedAt, pods, elsewhere, damaged]);
  }

  #readAgain(document: vscode.TextDocument): void {
    if (isEnvironmentFile(document) && this.#forget(document)) this.#changes.fire();
  }

  #forget({ uri }: vscode.TextDocument): boolean {
    const path = parentFolder(uri.fsPath);
    this.#known.get(path)?.cancel.abort();
    return this.#known.delete(path);
  }
}

function lensesOf(text: string, changes: readonly UpdateChange[], row: string): vscode.CodeLens[] {
  if (changes.length === 0) return [lens(0, 'Up to date', '', row)];
  const show = 'coppice.showUpdateChanges';
  return [
    lens(0, `Update Environment (${plural(changes.length, 'change')})`, 'coppice.updateEnvironment', row),
    lens(0, 'Show What an Update Would Change', show, row),
    ...changes.flatMap((change) => {
      const line = lineOf(text, change);
      return line === undefined ? [] : [lens(line, shortened(iconless(wordsOf(change)), detailLength), show, row)];
    }),
  ];
}

function wordsOf(change: UpdateChange): string {
  if (change.kind === 'gone') return `${change.name} runs, and is not in this file`;
  if (change.kind === 'new') return 'does not run yet';
  return `differs from what runs: ${changeText(change).slice(change.name.length + 2)}`;
}

/** Of what is gone the section that it was in. */
function lineOf(text: string, { of, name, kind }: UpdateChange): number | undefined {
  if (of === 'part') return keyLine(text, [name]);
  if (kind === 'gone') return keyLine(text, ['services']);
  return keyLine(text, ['services', name]) ?? keyLine(text, ['uses', name]);
}

/** @param command '': it only says something */
function lens(line: number, title: string, command: string, row: string): vscode.CodeLens {
  const range = new vscode.Range(line, 0, line, 0);
  return new vscode.CodeLens(range, { title, command, ...(command === '' ? {} : { arguments: [row] }) });
}
