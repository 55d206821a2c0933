// Written by "npm run manifest" from manifest/settings: change it there.

/** Room on This Machine: the keys are those of VS Code without the prefix `coppice.`. */
export interface RoomSettings {
  /**
   * After how many minutes an environment in the embedded cluster is put to sleep of which nobody wants anything: no
   * request to its URLs, no connection of anybody else with its services that is open, nor of these with another
   * machine, no change of a file or a commit, no program in its folder besides its own services, as a terminal or an
   * agent is, and no service that has used more than a little of a processor in that time. It does not see what a
   * service does now and then without any of that, as a worker that asks a queue of this machine once a minute: leave
   * it at 0 where such work must not be ended. Where it cannot be told, as on macOS and Windows what runs in a
   * folder, it stays awake. As use is compared between two looks, it may take twice as long. It counts from the next
   * create or update of the environment. 0: never. What is to stay free when others start is
   * `coppice.start.freeMemory`.
   */
  readonly 'sleep.after': number;
  /**
   * How many MiB of memory are to stay free on this machine when an environment of the embedded cluster starts. Where
   * less is free, or its services would leave less by what others of its repository use, a create, a wake, and an
   * update that starts more wait; what waits says so. A wake by a request to its URL goes by what this and the other
   * limits of a start were at its last create or update. On Linux free is what the kernel calls available, within the
   * limits of control groups; on macOS what its memory pressure leaves; where the system does not tell, nothing
   * waits. 0: nothing waits for memory.
   */
  readonly 'start.freeMemory': number;
  /**
   * Above which load for each processor an environment of the embedded cluster is not started: the programs that run
   * or wait for a processor, over the last minute. Windows has no such figure. 0: nothing waits for it.
   */
  readonly 'start.load': number;
  /**
   * How many seconds the start of an environment waits for `coppice.start.freeMemory` and `coppice.start.load` before
   * it fails and says why. 0: it fails at once.
   */
  readonly 'start.waitTime': number;
}
