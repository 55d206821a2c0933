import type { Disposable, Event } from '../event';
import type { Owner } from '../model';

/**
 * What is done with the services that run in an environment. Whatever changes something, or lets somebody into a pod, compares
 * the owner of the namespace first: a missing or a different one is a `conflict`.
 */
export interface Workloads {
  /** New pods for a service (a rollout restart). @throws notFound, conflict */
  restart(namespace: string, service: string, owner: Owner, signal?: AbortSignal): Promise<void>;
  /** Lets a service start that its chart holds until what it waits for is there. @throws notFound, conflict */
  release(namespace: string, service: string, owner: Owner, signal?: AbortSignal): Promise<void>;
  /**
   * Starts a service that runs to its end, once the pod of its last run has gone: no two of them ever run at a time.
   *
   * @returns the run, as the facts of its pod name it
   * @throws notFound; conflict, also when another has started it meanwhile; timeout when the last pod does not go
   */
  runOnce(namespace: string, service: string, owner: Owner, signal?: AbortSignal): Promise<string>;
  /**
   * How many pods a service has from now on; the next install says it anew.
   *
   * @throws notFound, conflict; invalidInput, also for a service that runs to its end
   */
  scale(namespace: string, service: string, replicas: number, owner: Owner, signal?: AbortSignal): Promise<void>;
  /**
   * Ends a service's pods until it wakes, and keeps how many it had. One that sleeps, has none or runs to its end stays as it is. What
   * waits for room to wake does not wait any more.
   *
   * @throws notFound, conflict
   */
  sleep(namespace: string, service: string, owner: Owner, signal?: AbortSignal): Promise<void>;
  /** Gives a service that sleeps as many pods as it had. Any other stays as it is. @throws notFound, conflict */
  wake(namespace: string, service: string, owner: Owner, signal?: AbortSignal): Promise<void>;
  /** Lines of a service's pods, as they come, without their ends. Ends by itself unless `follow`. */
  logs(namespace: string, service: string, options: LogOptions, signal?: AbortSignal): AsyncIterable<string>;
  /**
   * The same as it comes, each line with its time as `timestamps` has it, and each run of a container after what tells of it: first that
   * before the last restart, where there was one. Goes on over restarts and new pods, until the signal aborts or the namespace goes.
   *
   * @param tail of each run that is there: only the last so many lines
   */
  runs(namespace: string, service: string, tail: number, signal?: AbortSignal): AsyncIterable<LogPiece>;
  /** What the cluster knows of a service, for a person: its deployment, its pods, what happened to them. @throws notFound */
  describe(namespace: string, service: string, signal?: AbortSignal): Promise<string>;
  /** The ports that a service's pods say that they listen on, in their order. @throws notFound */
  ports(namespace: string, service: string, signal?: AbortSignal): Promise<readonly number[]>;
  /**
   * Runs a program in a pod of the service, a ready one where there is one. Resolves once it runs; the signal ends it, then and
   * later. No shell is added.
   *
   * @throws notFound when no pod runs, conflict
   */
  exec(
    namespace: string,
    service: string,
    request: ExecRequest,
    owner: Owner,
    signal?: AbortSignal,
  ): Promise<Execution>;
  /**
   * Leads a port of this machine to a port of the service's pods: each connection to a pod that is ready when it is made, so
   * that it outlives a pod's restart. The caller disposes it.
   *
   * @throws notFound, conflict, invalidInput when the local port is taken
   */
  forward(
    namespace: string,
    service: string,
    request: ForwardRequest,
    owner: Owner,
    signal?: AbortSignal,
  ): Promise<PortForward>;
}

export interface LogOptions {
  readonly follow: boolean;
  /** Of the run before the last restart. */
  readonly previous?: boolean;
  /** Only the last so many lines. */
  readonly tail?: number;
  /** Each line begins with the time at which it was printed, as RFC 3339 says it, and a space. */
  readonly timestamps?: boolean;
}

/** A run of a container begins, or a line of it. */
export type LogPiece = LogRun | PodLine;

export interface PodLine {
  readonly pod: string;
  readonly line: string;
}

/** A run of a container. What it prints is read after it; where a service has several pods their lines come between each other. */
export interface LogRun {
  readonly pod: string;
  /** How often the container was started before. */
  readonly restarts: number;
  /** ISO 8601; undefined: nobody says. */
  readonly startedAt: string | undefined;
  /** How the run before it ended; undefined: it is the first of its pod, or nobody says. */
  readonly before: { readonly exitCode: number; readonly reason: string | undefined } | undefined;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export interface ExecRequest {
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Whether it gets what is written; otherwise its input is empty. */
  readonly stdin: boolean;
  /** With a size: in a terminal of that size, in which all output is one stream. */
  readonly tty: TerminalSize | undefined;
  /** Called with what the program prints, in order. A promise keeps the next piece back until it is settled. */
  readonly onOutput: (data: Uint8Array, stream: 'stdout' | 'stderr') => void | Promise<void>;
}

/** A program that runs in a pod. It ends with its connection. */
export interface Execution extends Disposable {
  /** The pod that it runs in. */
  readonly pod: string;
  /**
   * The program's exit code. Rejects with `failed` when there is no such program (Docker has exit code 126 for that), with
   * `unreachable` when the connection broke, with an AbortError when it was ended from here.
   */
  readonly exited: Promise<number>;
  /** Resolves when more may be written. Nothing happens once it has ended. */
  write(data: Uint8Array): Promise<void>;
  /** Tells the program that its input is over. @throws failed when the cluster has no way to tell it (Kubernetes before 1.30) */
  endInput(): void;
  /** Nothing happens without a terminal, nor on a cluster whose terminals have no size (the embedded one). */
  resize(size: TerminalSize): void;
  /** Ends it. */
  dispose(): void;
}

export interface ForwardRequest {
  /** Of the pods; undefined: the first one that they say that they listen on. */
  readonly port: number | undefined;
  /** Of this machine's loopback address; undefined: a free one. */
  readonly localPort?: number;
  /** false: the process may end while the port is still open. */
  readonly keepsAlive?: boolean;
}

export interface PortForward extends Disposable {
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
  /** On 127.0.0.1. */
  readonly localPort: number;
  /** Hears why a connection could not be made or broke; the forward goes on. */
  readonly onDidFail: Event<string>;
  /** Ends all its connections and stops listening. */
  dispose(): void;
}
