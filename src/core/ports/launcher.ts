/** The program `coppice` that a person's terminals find: a small file that starts the extension's. */
export interface Launcher {
  look(): Promise<LauncherState>;
  /**
   * Writes it, also where an older one of ours is.
   * @throws conflict where PATH or the place has another program of that name; denied, failed when it cannot be written
   */
  install(): Promise<LauncherState>;
  /** Removes one that is ours; does nothing where there is none. @throws conflict, denied, failed */
  remove(): Promise<void>;
  /** Where one of ours is, makes it start this version of the extension. Makes none. @returns whether it had to be written */
  refresh(): Promise<boolean>;
}

export interface LauncherState {
  /** Where it is, or would be. */
  readonly file: string;
  readonly is: 'absent' | 'ours' | 'foreign';
  /** What a person does so that terminals find it; undefined: its folder is on PATH. */
  readonly toAdd: { readonly line: string; readonly where: string } | undefined;
}
