/** A process of this machine, with what tells whose it is. */
export interface SeenProcess {
  pid: number;
  parent: number;
  /** Undefined on Windows, which has no groups. */
  group: number | undefined;
  /** Undefined where the system does not tell. */
  session: number | undefined;
  /** Whether it has a controlling terminal. */
  hasTerminal: boolean;
  /** When it started, in the words of this source; with the number it names a process for good. */
  start: string;
  /** The number of the run that it carries (`RunMarks`), in its limits or in its environment. */
  run: string | undefined;
}
