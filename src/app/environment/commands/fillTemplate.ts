import { databaseEnvironment } from '../../../core/databaseEnvironment';
import type { DatabaseSpec } from '../../../core/environmentFile';
import { libpqEnvironment } from '../../../core/libpqEnvironment';
import type { Commands } from '../../../core/ports/host';
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

/**
 * Runs the commands that fill an empty template.
 *
 * @throws failed, timeout…, which say the command's place: others wait for the template, and one that hangs would keep them all
 */
export async function fillTemplate(
  ports: { readonly commands: Commands },
  { migrate, seed, timeout }: DatabaseSpec,
  { url, folder, variables, timeoutSeconds, tell }: TemplateFilling,
  signal: AbortSignal,
): Promise<void> {
  for (const [name, command] of Object.entries({ migrate, seed })) {
    if (!command) continue;
    await runCommand(
      ports,
      { command, env: {}, timeout, inputs: undefined },
      {
        ...{ place: `database.${name}`, timeoutPlace: 'database.timeout', folder, timeoutSeconds, name: undefined },
        variables: { ...variables, ...databaseEnvironment(url), ...libpqEnvironment(url) },
        ...(tell === undefined ? {} : { tell }),
      },
      signal,
    );
  }
}
