import * as vscode from 'vscode';
import { isAbort, toAppError } from '../../core/errors';
import { terminalLine } from '../../core/text/terminalText';
import type { UiDependencies } from '../editor/dependencies';
import { plainLine } from '../editor/text';

const tailLines = 1000;

/** The log of the run that is, as it comes, or of the one before the last restart. */
export type LogKind = 'current' | 'previous';

/** Terminals with a service's log, one per service and kind; closing one stops the reading. */
export class LogTerminals implements vscode.Disposable {
  readonly #dependencies: Pick<UiDependencies, 'services' | 'log'>;
  readonly #open = new Map<string, vscode.Terminal>();
  readonly #closed: vscode.Disposable;

  constructor(dependencies: Pick<UiDependencies, 'services' | 'log'>) {
    this.#dependencies = dependencies;
    this.#closed = vscode.window.onDidCloseTerminal((terminal) => {
      for (const [key, open] of this.#open) if (open === terminal) this.#open.delete(key);
    });
  }

  show(namespace: string, service: string, worktree: string, kind: LogKind = 'current'): void {
    const key = `${namespace}/${service}/${kind}`;
    // What was before the last restart may be another run by now.
    if (kind === 'previous') this.#open.get(key)?.dispose();
    const known = kind === 'current' ? this.#open.get(key) : undefined;
    const terminal = known ?? this.#create(namespace, service, worktree, kind);
    this.#open.set(key, terminal);
    terminal.show();
  }

  dispose(): void {
    this.#closed.dispose();
    for (const terminal of this.#open.values()) terminal.dispose();
    this.#open.clear();
  }

  #create(namespace: string, service: string, worktree: string, kind: LogKind): vscode.Terminal {
    const isPrevious = kind === 'previous';
    return vscode.window.createTerminal({
      name: `${plainLine(worktree)} · ${plainLine(service)} · ${isPrevious ? 'previous logs' : 'logs'}`,
      iconPath: new vscode.ThemeIcon('output'),
      isTransient: true,
      pty: new LogPseudoterminal((signal) =>
        this.#dependencies.services.logs(
          namespace,
          service,
          { follow: !isPrevious, previous: isPrevious, tail: tailLines },
          signal,
        ),
      ),
    });
  }
}

/** Reads from when the editor opens it until it is closed; Enter reads anew after the end. */
export class LogPseudoterminal implements vscode.Pseudoterminal {
  readonly #read: (signal: AbortSignal) => AsyncIterable<string>;
  readonly #output = new vscode.EventEmitter<string>();
  readonly onDidWrite = this.#output.event;
  #cancel: AbortController | undefined;

  constructor(read: (signal: AbortSignal) => AsyncIterable<string>) {
    this.#read = read;
  }

  open(): void {
    void this.#follow();
  }

  close(): void {
    this.#cancel?.abort();
    this.#output.dispose();
  }

  handleInput(data: string): void {
    if (data === '\r' && this.#cancel === undefined) void this.#follow();
  }

  /** Never rejects. */
  async #follow(): Promise<void> {
    const cancel = new AbortController();
    this.#cancel = cancel;
    try {
      for await (const line of this.#read(cancel.signal)) {
        if (cancel.signal.aborted) return;
        this.#output.fire(`${terminalLine(line, { colours: true })}\r\n`);
      }
      this.#note('The log ended. Press Enter to read it again.');
    } catch (error) {
      if (!isAbort(error)) this.#note(`${toAppError(error).message} Press Enter to try again.`);
    } finally {
      this.#cancel = undefined;
    }
  }

  #note(text: string): void {
    // Dim, so that it is not taken for a line of the service.
    this.#output.fire(`\u001b[0m\u001b[2m${plainLine(text)}\u001b[0m\r\n`);
  }
}
