/** How busy this machine is. Nothing here rejects. */
export interface MachineLoad {
  /** In bytes; undefined: the system does not tell. `free` is what programs can still have without taking it from others. */
  memory(): Promise<{ readonly free: number; readonly total: number } | undefined>;
  /** Programs that run or wait for a processor, for each processor, over the last minute; undefined: the system does not tell. */
  load(): Promise<number | undefined>;
}
