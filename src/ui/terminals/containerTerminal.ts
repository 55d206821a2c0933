import * as vscode from 'vscode';
import { isAbort, toAppError } from '../../core/errors';
import type { Execution, ExecRequest, TerminalSize } from '../../core/ports/workloads';
import { plainLine } from '../editor/text';

export type StartProgram = (
  request: Required<Pick<ExecRequest, 'tty' | 'onOutput'>>,
  signal: AbortSignal,
) => Promise<Execution>;

const usualSize: TerminalSize = { columns: 80, rows: 24 };

/** A program in a container, seen and typed to in a terminal of the editor; its end closes the terminal, a failure says why. */
export class ContainerTerminal implements vscode.Pseudoterminal {
  readonly #start: StartProgram;
  readonly #output = new vscode.EventEmitter<string>();
  readonly #closed = new vscode.EventEmitter<number | void>();
  readonly onDidWrite = this.#output.event;
  readonly onDidClose = this.#closed.event;
  readonly #encoder = new TextEncoder();
  #size = usualSize;
  #cancel: AbortController | undefined;
  #execution: Execution | undefined;

  constructor(start: StartProgram) {
    this.#start = start;
  }

  open(dimensions: vscode.TerminalDimensions | undefined): void {
    if (dimensions) this.#size = { columns: dimensions.columns, rows: dimensions.rows };
    void this.#run();
  }

  close(): void {
    this.#cancel?.abort();
    this.#output.dispose();
    this.#closed.dispose();
  }

  handleInput(data: string): void {
    if (this.#execution) void this.#execution.write(this.#encoder.encode(data));
    else if (data === '\r' && this.#cancel === undefined) void this.#run();
  }

  setDimensions({ columns, rows }: vscode.TerminalDimensions): void {
    this.#size = { columns, rows };
    this.#execution?.resize(this.#size);
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    const cancel = new AbortController();
    this.#cancel = cancel;
    // Characters of several bytes may come in two pieces.
    const decoder = new TextDecoder();
    const onOutput = (data: Uint8Array): void => {
      if (!cancel.signal.aborted) this.#output.fire(decoder.decode(data, { stream: true }));
    };
    try {
      this.#execution = await this.#start({ tty: this.#size, onOutput }, cancel.signal);
      const exitCode = await this.#execution.exited;
      // 126, 127: so runtimes and shells say that there is no such program.
      if (exitCode === 126 || exitCode === 127) this.#note('The container has no shell.');
      // How a shell ended is nobody's concern: another code would be told in a notification.
      else this.#closed.fire(0);
    } catch (error) {
      if (!isAbort(error)) this.#note(toAppError(error).message);
    } finally {
      this.#execution = undefined;
      this.#cancel = undefined;
    }
  }

  #note(text: string): void {
    this.#output.fire(`\u001b[0m\u001b[2m${plainLine(text)} Press Enter to try again.\u001b[0m\r\n`);
  }
}
