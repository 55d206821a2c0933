import type { Logger } from '../core/ports/host';
import type { Settings } from '../core/settings';

/** What the program that Coppice runs in gives to it. */
export interface ProgramContext {
  /** Folder that holds dist/, charts/ and media/. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Node, or an Electron program that can act as Node. */
  readonly execPath: string;
  /** What a person has set, as it is at each call: whatever uses a setting asks for it then. `home` alone is asked once. */
  readonly settings: () => Settings;
  /** Password of the server that the setting `postgres.url` names. */
  readonly postgresPassword: () => Promise<string | undefined>;
  readonly log: Logger;
  /** Folders whose own files the person trusts; undefined: nobody says so. */
  readonly trustedFolders?: () => readonly string[];
  /** Globs of ignored files that the editor copies into its own worktrees; undefined: there is no editor. */
  readonly includeFiles?: () => readonly string[];
  /** A folder of the repository that is worked with, where one is. */
  readonly folder?: string | undefined;
}
