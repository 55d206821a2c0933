import { EventEmitter, type Uri } from './vscodeValues';

/** A page in a tab: what the extension posts to it is recorded, what the page would say is said by a test. */
export class StubWebviewPanel {
  readonly #messages = new EventEmitter<unknown>();
  readonly #viewStates = new EventEmitter<unknown>();
  readonly #disposals = new EventEmitter<void>();
  readonly posted: unknown[] = [];
  readonly webview = {
    cspSource: 'https://files.example',
    options: {},
    html: '',
    asWebviewUri: (uri: Uri) => uri,
    onDidReceiveMessage: this.#messages.event,
    postMessage: async (message: unknown) => this.posted.push(message) > 0,
  };
  readonly onDidChangeViewState = this.#viewStates.event;
  readonly onDidDispose = this.#disposals.event;
  iconPath: unknown;
  visible = true;
  isDisposed = false;
  revealed = 0;
  constructor(
    readonly viewType: string,
    public title: string,
    readonly column: number,
    readonly options: object,
  ) {}
  say(message: unknown): void {
    this.#messages.fire(message);
  }
  show(visible: boolean): void {
    this.visible = visible;
    this.#viewStates.fire(undefined);
  }
  reveal(): void {
    this.revealed++;
  }
  dispose(): void {
    this.isDisposed = true;
    this.#disposals.fire();
  }
}
