import type { EnvironmentFile, EnvironmentFileProblem } from '../environmentFile';

/** `coppice.yaml`. */
export interface EnvironmentFiles {
  exists(folder: string): Promise<boolean>;
  /** @throws notConfigured when there is none, invalidInput whose explanation holds one `file:line:column: message` a line */
  read(folder: string): Promise<EnvironmentFile>;
  /** The same from a text, without looking at the folders that it names. @param name how the text is called in messages */
  parse(text: string, name: string): EnvironmentFile;
  /** All problems of a text that may not be saved yet. */
  check(text: string): EnvironmentFileProblem[];
}
