import type { UsedHere } from '../shared/usedReference';
import type { Candidate, LeftOut } from '../shared/candidate';

/** What compose files become. */
export interface ComposeImport {
  readonly files: readonly string[];
  /** In the order of the file; those of the project itself, or, where it has none, the images of others. */
  readonly services: readonly Candidate[];
  /** What they are called in the files, by what they are called here. */
  readonly names: ReadonlyMap<string, string>;
  /** The service that is the environment's database. */
  readonly database: string | undefined;
  /** By which its services reach that one. */
  readonly databaseHosts: readonly string[];
  /** In the order of the file. */
  readonly uses: readonly UsedHere[];
  /** Complete: what the files say is in the services, the database, what is used or here. */
  readonly leftOut: readonly LeftOut[];
}
