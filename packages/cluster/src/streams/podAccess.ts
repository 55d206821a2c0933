import type { Duplex, Readable, Writable } from 'node:stream';
import type { PodLogSource } from './podLogs';

/** A program that runs beside a container's own. */
export interface ContainerProgram {
  /** undefined unless it was asked for. */
  stdin: Writable | undefined;
  stdout: Readable;
  stderr: Readable;
  /** The exit code, once all that it printed was read or nobody holds its pipes any more. Never rejects. */
  ended: Promise<number>;
  signal(name: NodeJS.Signals): void;
  /** As when its terminal is closed: it is asked to end, and made to soon after. */
  hangUp(): void;
}

export interface ProgramOptions {
  stdin: boolean;
  tty: boolean;
}

/** The ways into a pod, as the API server opens them. */
export interface PodAccess {
  /** Rejects when the container does not run or there is no such program; the message says which. */
  start(container: PodLogSource, command: readonly string[], options: ProgramOptions): Promise<ContainerProgram>;
  /** A connection to what a pod listens on. Rejects when nothing does. */
  connect(podUid: string, port: number): Promise<Duplex>;
}
