/** What an agent may call, as the Model Context Protocol has it. */
export interface OfferedTool {
  readonly name: string;
  readonly description: string;
  /** By name; an agent gives these and no others. */
  readonly takes: Readonly<Record<string, ToolArgument>>;
  /** Whether it changes anything. */
  readonly changes: boolean;
  /** @param given as the agent gave it, unchecked @returns what it is told @throws AppError, AbortError */
  readonly call: (given: unknown, run: ToolRun) => Promise<string>;
}

export interface ToolArgument {
  readonly type: 'string' | 'integer' | 'boolean';
  readonly description: string;
  readonly isNeeded?: boolean;
  /** Of an integer; 1 is the least. */
  readonly maximum?: number;
}

export interface ToolRun {
  readonly signal: AbortSignal;
  /** News while it is at work. */
  readonly report: (message: string, finished: number, total: number) => void;
}

export interface ToolServer {
  /** Offers tools at this process's standard input and output; resolves when the input ends or the signal aborts. */
  serve(offer: ToolOffer, signal: AbortSignal): Promise<void>;
}

export interface ToolOffer {
  readonly version: string;
  /** What an agent is told once. */
  readonly instructions: string;
  readonly tools: readonly OfferedTool[];
  /** What an agent is told of a failure. */
  readonly failureText: (error: unknown) => string;
}
