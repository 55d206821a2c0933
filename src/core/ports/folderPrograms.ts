/** Programs of this machine that work in a folder: terminals, agents, editors' helpers, builds. */
export interface FolderPrograms {
  /**
   * Those whose current folder is one of these, or beneath it; of nested folders the innermost has it. What a cluster of Coppice runs
   * there without a terminal is none of them, nor is the asking program.
   *
   * @param folders absolute paths
   * @returns by the folder; undefined: it cannot be told now. None where the system never tells, and takes no folder away in which a
   *   program works
   */
  in(
    folders: readonly string[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, readonly FolderProgram[]> | undefined>;
}

export interface FolderProgram {
  readonly pid: number;
  readonly name: string;
}
