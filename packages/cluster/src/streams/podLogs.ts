/** Which part of a container's log is wanted: the query of `GET …/pods/<name>/log`. */
export interface PodLogOptions {
  /** Stay open and deliver what is written later, until the container has ended or the signal aborts. */
  follow: boolean;
  /** The last lines only; 0 means none. */
  tailLines?: number;
  /** The log of the container's previous run. */
  previous: boolean;
  sinceSeconds?: number;
  sinceTime?: Date;
  /** Each line starts with its time (RFC 3339, nanoseconds) and a space. */
  timestamps: boolean;
  limitBytes?: number;
}

/** One container of one pod. The uid tells a pod from an earlier one of the same name. */
export interface PodLogSource {
  namespace: string;
  name: string;
  uid: string;
  container: string;
}

/** The output of containers, as the API server hands it out. */
export interface PodLogs {
  /**
   * Ends when the log ends, or once the signal aborts (without an error).
   * Throws an error with a numeric `status` of 400 when there is no such log (a container that has not started).
   */
  read(source: PodLogSource, options: PodLogOptions, signal: AbortSignal): AsyncIterable<Uint8Array>;
}
