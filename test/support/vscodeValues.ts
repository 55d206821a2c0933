/* What the editor's API has that holds values alone, as much of it as the UI uses; `vscodeStub` hands it on. */

type Listener<T> = (value: T) => unknown;

export class Disposable {
  readonly #dispose: () => unknown;
  constructor(dispose: () => unknown) {
    this.#dispose = dispose;
  }
  static from(...all: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => all.forEach((one) => one.dispose()));
  }
  dispose(): void {
    this.#dispose();
  }
}

export class EventEmitter<T> {
  readonly #listeners = new Set<Listener<T>>();
  readonly event = (listener: Listener<T>): Disposable => {
    this.#listeners.add(listener);
    return new Disposable(() => this.#listeners.delete(listener));
  };
  fire(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }
  dispose(): void {
    this.#listeners.clear();
  }
}

export class Uri {
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  readonly query: string;
  constructor(parts: { scheme: string; authority?: string; path?: string; query?: string }) {
    this.scheme = parts.scheme;
    this.authority = parts.authority ?? '';
    this.path = parts.path ?? '';
    this.query = parts.query ?? '';
  }
  static file(path: string): Uri {
    return new Uri({ scheme: 'file', path });
  }
  static from(parts: { scheme: string; authority?: string; path?: string; query?: string }): Uri {
    return new Uri(parts);
  }
  static parse(text: string): Uri {
    const url = new URL(text);
    return new Uri({
      scheme: url.protocol.slice(0, -1),
      authority: url.host,
      path: url.pathname,
      query: url.search.slice(1),
    });
  }
  static joinPath(base: Uri, ...segments: string[]): Uri {
    return base.with({ path: [base.path, ...segments].join('/') });
  }
  get fsPath(): string {
    return this.path;
  }
  with(change: { scheme?: string; authority?: string; path?: string }): Uri {
    return new Uri({ scheme: this.scheme, authority: this.authority, path: this.path, query: this.query, ...change });
  }
  toString(): string {
    return `${this.scheme}://${this.authority}${this.path}${this.query && `?${this.query}`}`;
  }
}

export class ThemeColor {
  constructor(readonly id: string) {}
}

export class ThemeIcon {
  constructor(
    readonly id: string,
    readonly color?: ThemeColor,
  ) {}
}

export class MarkdownString {
  isTrusted: boolean | undefined;
  supportHtml: boolean | undefined;
  constructor(
    public value = '',
    readonly supportThemeIcons = false,
  ) {}
  appendMarkdown(text: string): this {
    this.value += text;
    return this;
  }
  /** Escapes as the editor does: every character that means something in Markdown. */
  appendText(text: string): this {
    this.value += text
      .replace(/[\\`*_{}[\]()#+\-!~<>|]/g, '\\$&')
      .replaceAll('&', '&amp;')
      .replace(/\n/g, '\n\n');
    return this;
  }
}

export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 } as const;
export class TreeItem {
  constructor(
    readonly label: string,
    readonly collapsibleState: number = 0,
  ) {}
}

export class Position {
  constructor(
    readonly line: number,
    readonly character: number,
  ) {}
}

export class Range {
  readonly start: Position;
  readonly end: Position;
  constructor(start: Position | number, end: Position | number, endLine?: number, endCharacter?: number) {
    this.start = typeof start === 'number' ? new Position(start, Number(end)) : start;
    this.end = typeof end === 'number' ? new Position(endLine ?? 0, endCharacter ?? 0) : end;
  }
}

export class CodeAction {
  edit: WorkspaceEdit | undefined;
  constructor(
    readonly title: string,
    readonly kind: string,
  ) {}
}

/** Keeps what it is asked for. */
export class WorkspaceEdit {
  readonly edits: { readonly range: Range; readonly text: string }[] = [];
  replace(_uri: Uri, range: Range, text: string): void {
    this.edits.push({ range, text });
  }
  insert(_uri: Uri, at: Position, text: string): void {
    this.edits.push({ range: new Range(at, at), text });
  }
}

export class CodeLens {
  constructor(
    readonly range: Range,
    readonly command?: object,
  ) {}
}

export class Diagnostic {
  source = '';
  constructor(
    readonly range: Range,
    readonly message: string,
  ) {}
}

export class McpStdioServerDefinition {
  cwd: Uri | undefined;
  constructor(
    readonly label: string,
    readonly command: string,
    readonly args: readonly string[] = [],
    readonly env: Readonly<Record<string, string>> = {},
  ) {}
}

/** Who offers tools to agents, by the id of the manifest. */
export const lm = {
  providers: new Map<string, { provideMcpServerDefinitions(): Promise<McpStdioServerDefinition[]> }>(),
  registerMcpServerDefinitionProvider(
    id: string,
    provider: { provideMcpServerDefinitions(): Promise<McpStdioServerDefinition[]> },
  ): Disposable {
    lm.providers.set(id, provider);
    return new Disposable(() => lm.providers.delete(id));
  },
};
