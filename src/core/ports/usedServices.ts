import type { Owner } from '../model';
import type { LocalProgram, UsedPlace, UsedToolName } from '../usedTool';

/** One service that an environment uses. */
export interface UsedOne {
  readonly owner: Owner;
  readonly service: string;
  readonly tool: UsedToolName;
}

/** What is there of a service; its tool may be one that only a newer version knows. */
export interface UsedData {
  readonly service: string;
  readonly tool: string;
}

/** All that is kept for one environment. */
export interface KeptData {
  readonly owner: Owner;
  /** Where it is. */
  readonly folder: string;
  readonly services: readonly UsedData[];
  /** Of whom, as far as that was written down. */
  readonly place: UsedBy | undefined;
}

/** The environment that uses something, by where it is. */
export interface UsedBy {
  /** The main worktree's folder. */
  readonly repository: string;
  readonly worktree: string;
}

/** What used services are on this machine: programs that are installed, and folders with their data. */
export interface UsedServices {
  /**
   * @param worktrees folders of the repository: no program in them is taken, since nobody has approved it
   * @throws missingTool: one line that says which program, for what, and the command that installs it
   */
  find(service: string, tool: UsedToolName, worktrees: readonly string[]): Promise<LocalProgram>;
  /** Asks nothing. */
  place(one: UsedOne): UsedPlace;
  /**
   * Makes its folder, and its data where there are none: whole or not at all.
   *
   * @param kind of the program that found, which may be one of several: `LocalProgram.kind`
   * @param files beside the data, by their path with `/`: written anew each time
   * @param fill puts into the empty folder that it is given what is there from the beginning, which `written` does not count then
   * @returns whether there was no data
   * @throws conflict: one line, where the data there are of another kind of program
   */
  prepare(
    one: UsedOne,
    kind: string,
    files: Readonly<Record<string, string>>,
    fill: ((data: string) => Promise<void>) | undefined,
  ): Promise<boolean>;
  /** Those to which something was written, and those of which nobody can tell. */
  written(owner: Owner): Promise<readonly UsedData[]>;
  /** All that there are, of all environments. */
  kept(): Promise<readonly KeptData[]>;
  /** Removes data that this environment has; without a name all. No error where there are none. */
  remove(owner: Owner, service?: string): Promise<void>;
}
