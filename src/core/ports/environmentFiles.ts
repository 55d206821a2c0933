import type { FillingSpec, EnvironmentFile, EnvironmentFileProblem, SetupCommand } from '../environmentFile';

/** `coppice.yaml`. */
export interface EnvironmentFiles {
  exists(folder: string): Promise<boolean>;
  /** @throws notConfigured when there is none, invalidInput whose explanation holds one `file:line:column: message` a line */
  read(folder: string): Promise<EnvironmentFile>;
  /**
   * A hash over what the commands of a template read in a worktree, as far as that is known: names and content of files, whether
   * they are committed or not. undefined: nothing of it is known.
   */
  readInputs(folder: string, database: FillingSpec, signal?: AbortSignal): Promise<string | undefined>;
  /** The same of what `migrate` alone reads: nothing of it is there for `seed`. */
  readMigrationInputs(folder: string, database: FillingSpec, signal?: AbortSignal): Promise<string | undefined>;
  /** The same of a command of `setup`. What is not there counts, too, so that there is always an answer. */
  readSetupInputs(folder: string, command: SetupCommand, signal?: AbortSignal): Promise<string>;
  /**
   * What a dotenv file in a worktree says.
   * @param path relative to the folder, with `/`
   * @param key of coppice.yaml that names it, for messages
   * @throws notConfigured where there is none, invalidInput where it cannot be used, in one line without its values
   */
  readVariables(
    folder: string,
    path: string,
    key: string,
    signal?: AbortSignal,
  ): Promise<Readonly<Record<string, string>>>;
  /** The file from a text, without looking at the folders that it names. @param name how the text is called in messages */
  parse(text: string, name: string): EnvironmentFile;
  /** All problems of a text that may not be saved yet. */
  check(text: string): EnvironmentFileProblem[];
}
