/** A process of this machine as its operating system counts it. */
export interface ProcessEntry {
  pid: number;
  parent: number;
  /** Of its process group; on Windows there is none. */
  group: number | undefined;
  /** Processor time so far; on Linux with that of its children that have ended. */
  cpuSeconds: number;
  /** Resident memory. What processes share is counted for each. */
  memoryBytes: number;
  /** In units of the operating system; only for comparing. Undefined where a parent's number is never another's. */
  started: number | undefined;
}
