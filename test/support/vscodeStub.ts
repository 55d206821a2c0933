/*
 * As much of the editor's API as the UI uses, by hand, for tests on Node alone: vitest resolves 'vscode' to this file.
 * What the UI says to the editor is recorded in `editor`; what a person would answer is put there by a test.
 */
import { stat } from 'node:fs/promises';
import { StubQuickPick } from './stubQuickPick';
import { StubWebviewPanel } from './stubWebviewPanel';
import { Disposable, EventEmitter, Uri, type ThemeColor } from './vscodeValues';

export {
  CodeAction,
  CodeLens,
  Diagnostic,
  Disposable,
  EventEmitter,
  lm,
  MarkdownString,
  McpStdioServerDefinition,
  Position,
  Range,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  Uri,
  WorkspaceEdit,
} from './vscodeValues';

export const ViewColumn = { Active: -1, Beside: -2, One: 1 } as const;
export const UIKind = { Desktop: 1, Web: 2 } as const;
export const ColorThemeKind = { Light: 1, Dark: 2, HighContrast: 3, HighContrastLight: 4 } as const;

export const QuickPickItemKind = { Separator: -1, Default: 0 } as const;
export const ProgressLocation = { SourceControl: 1, Window: 10, Notification: 15 } as const;
export const StatusBarAlignment = { Left: 1, Right: 2 } as const;
export const CodeActionKind = { QuickFix: 'quickfix' } as const;
export const CompletionItemKind = { Property: 9, Value: 11 } as const;

interface Message {
  readonly severity: 'error' | 'warning' | 'information';
  readonly text: string;
  readonly detail: string | undefined;
  readonly isModal: boolean;
  readonly buttons: readonly string[];
}

export interface StubTerminal {
  readonly name: string;
  readonly processId: Promise<number | undefined>;
  /** How often it was brought up. */
  shown: number;
  readonly options: {
    readonly env?: Record<string, string>;
    readonly pty?: unknown;
    readonly shellPath?: string;
    readonly shellArgs?: readonly string[] | string;
  };
  readonly sent: string[];
  show(): void;
  sendText(text: string): void;
  dispose(): void;
}

export const InputBoxValidationSeverity = { Info: 1, Warning: 2, Error: 3 } as const;
export const QuickInputButtons = { Back: {} } as const;

interface Row {
  readonly label: string;
}

interface InputBoxOptions {
  readonly title?: string;
  readonly value?: string;
  readonly validateInput?: (text: string) => string | undefined;
}

interface Folder {
  readonly uri: Uri;
  readonly name: string;
  readonly index: number;
}

const trustGranted = new EventEmitter<void>();
const terminalOpened = new EventEmitter<{ readonly creationOptions: object }>();
const terminalClosed = new EventEmitter<StubTerminal>();
const windowState = new EventEmitter<{ focused: boolean }>();
const fileEdited = new EventEmitter<Uri>();
const documentSaved = new EventEmitter<object>();
const documentClosed = new EventEmitter<object>();
const themeChanged = new EventEmitter<void>();
const settingsChanged = new EventEmitter<{ affectsConfiguration(section: string): boolean }>();
const viewVisibility = new EventEmitter<{ visible: boolean }>();
const viewSelection = new EventEmitter<{ selection: readonly string[] }>();

/** What the tests see and say. */
export const editor = {
  messages: [] as Message[],
  /** Presses a button of a message: gets it, returns the button's title. */
  answer: (() => undefined) as (message: Message) => string | undefined,
  executed: [] as unknown[][],
  /** Texts that were opened without a file. */
  untitled: [] as object[],
  /** Types into an input box and accepts it; undefined turns away. */
  typed: (() => undefined) as (options: InputBoxOptions) => string | undefined,
  inputBoxes: [] as InputBoxOptions[],
  /** Chooses of a simple quick pick; undefined turns away. */
  picks: (() => undefined) as (items: readonly Row[]) => Row | undefined,
  /** Rows that were brought into sight. */
  revealed: [] as string[],
  /** Documents that were shown. */
  documents: [] as Uri[],
  contextKeys: new Map<string, unknown>(),
  commands: new Map<string, (...args: unknown[]) => unknown>(),
  opened: [] as string[],
  clipboard: '',
  quickPicks: [] as StubQuickPick<Row>[],
  settings: new Map<string, unknown>(),
  terminals: [] as StubTerminal[],
  progress: [] as string[],
  webviewPanels: [] as StubWebviewPanel[],
  themeKind: 2,
  uiKind: 1,
  useTheme(kind: number): void {
    editor.themeKind = kind;
    themeChanged.fire();
  },
  /** As somebody does, not we. */
  openTerminal(creationOptions: object = {}): void {
    terminalOpened.fire({ creationOptions });
  },
  changeSettings(section = 'coppice'): void {
    settingsChanged.fire({ affectsConfiguration: (asked) => asked === section });
  },
  statusBar: {
    text: '',
    isVisible: false,
    command: undefined as string | undefined,
    backgroundColor: undefined as ThemeColor | undefined,
  },
  viewVisible: false,
  /** What the view's badge was set to, one after the other. */
  badges: [] as ({ readonly value: number; readonly tooltip: string } | undefined)[],
  /** Of the editor's own git extension; undefined: it has none. */
  gitApi: undefined as object | undefined,
  /** Ids of the rows that a person has selected. */
  selection: [] as string[],
  /** What the view's message was set to, one after the other. */
  viewMessages: [] as string[],
  treeData: undefined as { getTreeItem(row: string): { readonly description?: string | boolean } } | undefined,
  isTrusted: true,
  folders: [] as Folder[],
  externalUri: (uri: Uri): Uri => uri,
  remoteName: undefined as string | undefined,
  grantTrust(): void {
    editor.isTrusted = true;
    trustGranted.fire();
  },
  focus(focused: boolean): void {
    window.state.focused = focused;
    windowState.fire({ focused });
  },
  /** A file changes, whoever changes it. */
  edit(path: string): void {
    fileEdited.fire(Uri.file(path));
  },
  save(document: object): void {
    documentSaved.fire(document);
  },
  close(document: object): void {
    documentClosed.fire(document);
  },
  select(selection: string[]): void {
    editor.selection = selection;
    viewSelection.fire({ selection });
  },
  showView(isVisible: boolean): void {
    editor.viewVisible = isVisible;
    viewVisibility.fire({ visible: isVisible });
  },
  reset(): void {
    window.state.focused = false;
    Object.assign(editor, {
      messages: [],
      answer: () => undefined,
      executed: [],
      untitled: [],
      typed: () => undefined,
      picks: () => undefined,
      inputBoxes: [],
      documents: [],
      revealed: [],
      contextKeys: new Map(),
      commands: new Map(),
      opened: [],
      clipboard: '',
      quickPicks: [],
      settings: new Map(),
      terminals: [],
      progress: [],
      webviewPanels: [],
      themeKind: 2,
      uiKind: 1,
      statusBar: { text: '', isVisible: false, command: undefined, backgroundColor: undefined },
      viewVisible: false,
      badges: [],
      selection: [],
      gitApi: undefined,
      viewMessages: [],
      treeData: undefined,
      isTrusted: true,
      folders: [],
      externalUri: (uri: Uri) => uri,
      remoteName: undefined,
    });
  },
};

function showMessage(severity: Message['severity']) {
  return async (
    text: string,
    ...rest: (string | { modal?: boolean; detail?: string })[]
  ): Promise<string | undefined> => {
    const options = rest.find((one) => typeof one !== 'string');
    const buttons = rest.filter((one) => typeof one === 'string');
    const message: Message = { severity, text, detail: options?.detail, isModal: options?.modal === true, buttons };
    editor.messages.push(message);
    return editor.answer(message);
  };
}

export const window = {
  state: { focused: false },
  showErrorMessage: showMessage('error'),
  showWarningMessage: showMessage('warning'),
  showInformationMessage: showMessage('information'),
  showQuickPick: async (items: readonly Row[]): Promise<Row | undefined> => editor.picks(items),
  showInputBox: async (options: InputBoxOptions): Promise<string | undefined> => {
    editor.inputBoxes.push(options);
    return editor.typed(options);
  },
  showOpenDialog: async (): Promise<Uri[] | undefined> => undefined,
  showTextDocument: async ({ uri }: { readonly uri: Uri }): Promise<void> => void editor.documents.push(uri),
  setStatusBarMessage: (): Disposable => new Disposable(() => undefined),
  onDidOpenTerminal: terminalOpened.event,
  onDidCloseTerminal: terminalClosed.event,
  get activeColorTheme() {
    return { kind: editor.themeKind };
  },
  onDidChangeActiveColorTheme: themeChanged.event,
  registerWebviewPanelSerializer: (): Disposable => new Disposable(() => undefined),
  createWebviewPanel(viewType: string, title: string, column: number, options: object): StubWebviewPanel {
    const panel = new StubWebviewPanel(viewType, title, column, options);
    editor.webviewPanels.push(panel);
    return panel;
  },
  onDidChangeWindowState: windowState.event,
  get terminals(): readonly StubTerminal[] {
    return editor.terminals;
  },
  createTerminal(options: StubTerminal['options'] & { name: string }): StubTerminal {
    const terminal: StubTerminal = {
      name: options.name,
      options,
      sent: [],
      processId: Promise.resolve(undefined),
      shown: 0,
      show: () => void terminal.shown++,
      sendText: (text) => void terminal.sent.push(text),
      dispose: () => terminalClosed.fire(terminal),
    };
    editor.terminals.push(terminal);
    return terminal;
  },
  createQuickPick(): StubQuickPick<Row> {
    const pick = new StubQuickPick<Row>();
    editor.quickPicks.push(pick);
    return pick;
  },
  createTreeView(_id: string, { treeDataProvider }: { treeDataProvider: typeof editor.treeData }) {
    editor.treeData = treeDataProvider;
    return {
      get visible() {
        return editor.viewVisible;
      },
      get selection() {
        return editor.selection;
      },
      set badge(badge: (typeof editor.badges)[number]) {
        editor.badges.push(badge);
      },
      set message(message: string) {
        editor.viewMessages.push(message);
      },
      onDidChangeVisibility: viewVisibility.event,
      onDidChangeSelection: viewSelection.event,
      reveal: async (row: string): Promise<void> => void editor.revealed.push(row),
      dispose: () => undefined,
    };
  },
  createStatusBarItem: () =>
    Object.assign(editor.statusBar, {
      show: () => void (editor.statusBar.isVisible = true),
      hide: () => void (editor.statusBar.isVisible = false),
      dispose: () => undefined,
    }),
  async withProgress<T>(
    options: { title?: string },
    task: (progress: { report(value: { message?: string }): void }, token: object) => Promise<T>,
  ): Promise<T> {
    if (options.title !== undefined) editor.progress.push(options.title);
    return task(
      { report: ({ message }) => void editor.progress.push(message ?? '') },
      { onCancellationRequested: () => new Disposable(() => undefined) },
    );
  },
};

export const commands = {
  registerCommand(id: string, handler: (...args: unknown[]) => unknown): Disposable {
    editor.commands.set(id, handler);
    return new Disposable(() => editor.commands.delete(id));
  },
  async executeCommand(id: string, ...args: unknown[]): Promise<unknown> {
    if (id === 'setContext') editor.contextKeys.set(String(args[0]), args[1]);
    else editor.executed.push([id, ...args]);
    return editor.commands.get(id)?.(...args);
  },
};

export const version = '1.2.3';

export const env = {
  appName: 'Editor',
  get remoteName() {
    return editor.remoteName;
  },
  get uiKind() {
    return editor.uiKind;
  },
  asExternalUri: async (uri: Uri): Promise<Uri> => editor.externalUri(uri),
  openExternal: async (uri: Uri): Promise<boolean> => editor.opened.push(uri.toString()) > 0,
  clipboard: { writeText: async (text: string): Promise<void> => void (editor.clipboard = text) },
};

const never = new EventEmitter<never>();

export const workspace = {
  fs: { stat: (uri: Uri) => stat(uri.path) },
  get isTrusted() {
    return editor.isTrusted;
  },
  get workspaceFolders() {
    return editor.folders;
  },
  textDocuments: [],
  onDidGrantWorkspaceTrust: trustGranted.event,
  onDidChangeConfiguration: settingsChanged.event,
  onDidChangeWorkspaceFolders: never.event,
  onDidOpenTextDocument: never.event,
  onDidChangeTextDocument: never.event,
  onDidSaveTextDocument: documentSaved.event,
  onDidCloseTextDocument: documentClosed.event,
  createFileSystemWatcher: () => ({
    onDidChange: fileEdited.event,
    onDidCreate: never.event,
    onDidDelete: never.event,
    dispose: () => undefined,
  }),
  openTextDocument: async (given: Uri | { readonly content: string }): Promise<{ uri: Uri }> => {
    if (!('content' in given)) return { uri: given };
    editor.untitled.push(given);
    return { uri: Uri.file('/Untitled-1') };
  },
  registerTextDocumentContentProvider: (): Disposable => new Disposable(() => undefined),
  getConfiguration: (section: string) => ({ get: (key: string) => editor.settings.get(`${section}.${key}`) }),
};

export const languages = {
  createDiagnosticCollection: () => ({ set: () => undefined, delete: () => undefined, dispose: () => undefined }),
  registerCompletionItemProvider: (): Disposable => new Disposable(() => undefined),
  registerCodeLensProvider: (): Disposable => new Disposable(() => undefined),
  registerCodeActionsProvider: (): Disposable => new Disposable(() => undefined),
  registerHoverProvider: (): Disposable => new Disposable(() => undefined),
};

export const extensions = {
  getExtension: () => editor.gitApi && { activate: async () => ({ getAPI: () => editor.gitApi }) },
};
