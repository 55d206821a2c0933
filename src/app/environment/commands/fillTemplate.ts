import { databaseEnvironment } from '../../../core/databases/databaseEnvironment';
import type { DatabaseSpec, EnvironmentFile } from '../../../core/environmentFile';
import { libpqEnvironment } from '../../../core/databases/libpqEnvironment';
import type { Commands } from '../../../core/ports/host';
import { databaseTold } from './databaseTold';
import { runCommand } from './runCommand';

export interface TemplateFilling {
  /** The empty template's. */
  readonly url: string;
  readonly folder: string;
  readonly variables: Readonly<Record<string, string>>;
  /** For each command, where the file does not say it. */
  readonly timeoutSeconds: number;
  readonly tell?: (line: string) => void;
}

/** What is run, and what of the file says how the project itself calls its database. */
export type FillingFile = Pick<EnvironmentFile, 'services' | 'patch'> & { readonly database: DatabaseSpec };

/**
 * Runs the commands that fill an empty template.
 *
 * @throws failed, timeout…, which say the command's place: others wait for the template, and one that hangs would keep them all
 */
export async function fillTemplate(
  ports: { readonly commands: Commands },
  file: FillingFile,
  { url, folder, variables, timeoutSeconds, tell }: TemplateFilling,
  signal: AbortSignal,
): Promise<void> {
  const { migrate, seed, timeout } = file.database;
  const { url: form } = file.database;
  const told = { ...databaseTold(file, url), ...databaseEnvironment(url, form), ...libpqEnvironment(url) };
  for (const [name, command] of Object.entries({ migrate, seed })) {
    if (!command) continue;
    await runCommand(
      ports,
      { command, env: {}, timeout, inputs: undefined },
      {
        ...{ place: `database.${name}`, timeoutPlace: 'database.timeout', folder, timeoutSeconds, name: undefined },
        variables: { ...variables, ...told },
        ...(tell === undefined ? {} : { tell }),
      },
      signal,
    );
  }
}
