import type { LocalProgram, LocalTemplate, UsedPlace } from '../usedTool';

/** A server of its own, which runs while a template is made. */
export interface TemplateServer {
  /** Makes the data folder where an empty one does not serve. */
  readonly prepare: ((place: UsedPlace) => readonly string[]) | undefined;
  /** Files beside the data, by their path with `/`. */
  readonly files: Readonly<Record<string, string>>;
  /** What its ports are called, the one first that accepts once it is ready. */
  readonly ports: readonly string[];
  readonly start: (place: UsedPlace, ports: Readonly<Record<string, number>>) => ServerStart;
  readonly template: LocalTemplate;
  /** How long it may take to be ready, and to end. */
  readonly patienceMs: number;
}

export interface ServerStart {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What there is of one; what was cut off while it was made counts as well. */
export interface KeptTemplate {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly usedAt: number;
}

/** Data folders on this machine that those of used services begin as copies of. */
export interface UsedTemplates {
  /** Whether this system tells a program to end in a way that it can do so in order: what did not is no template. */
  readonly canBeMade: boolean;
  /** What a program says of its version, in one line. @throws failed */
  version(program: LocalProgram, template: LocalTemplate, signal: AbortSignal): Promise<string>;
  /** Whether it is there whole. */
  has(id: string): Promise<boolean>;
  /**
   * Starts a server on an empty folder, lets it be filled, and ends it in order. It is there by its id only when all of that went well:
   * what was cut off before is ended, removed and begun anew.
   *
   * @param fill is given the server's ports by their names
   * @throws what `fill` throws; failed with the server's last lines, where it does not start or does not end in order
   */
  make(
    id: string,
    server: TemplateServer,
    fill: (ports: Readonly<Record<string, number>>) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>;
  /** Copies it into an empty folder, sharing blocks where the file system can. It counts as used now. */
  copy(id: string, data: string, signal: AbortSignal): Promise<void>;
  list(): Promise<readonly KeptTemplate[]>;
  /** With a server of it that a make which was cut off has left running. No error where there is none. */
  remove(id: string): Promise<void>;
}
