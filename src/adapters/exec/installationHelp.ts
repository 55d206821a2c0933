import type { Remedy } from '../../core/errors';
import { packageManagersOf } from '../../core/installationCommand';
import { findExecutable } from './findExecutable';

export interface InstallationHelp {
  /** A sentence that tells how. */
  readonly text: string;
  /** The button for it. */
  readonly remedy: Remedy;
}

/** What is installed: its name for a person, and the page that tells how where no command is known. */
export interface Installable {
  readonly name: string;
  readonly page: string;
  /** The command of one of the package managers that are there; undefined: of none of them. */
  readonly commandOf: (present: readonly string[]) => string | undefined;
  /** What else helps, at the end of the sentence. */
  readonly otherwise?: string;
}

/** How a program comes onto this machine, by a package manager that it has. Never rejects. */
export async function installationHelp(
  { name, page, commandOf, otherwise = '' }: Installable,
  env: Readonly<Record<string, string | undefined>>,
): Promise<InstallationHelp> {
  const present: string[] = [];
  for (const manager of packageManagersOf(process.platform))
    if ((await findExecutable(manager, env)) !== undefined) present.push(manager);
  const command = commandOf(present);
  return command === undefined
    ? {
        text: `How to install it: ${page}${otherwise}.`,
        remedy: { title: `How to Install ${name}`, action: { kind: 'openUrl', url: page } },
      }
    : {
        text: `To install it: ${command}${otherwise}.`,
        remedy: { title: `Install ${name}`, action: { kind: 'typeCommand', command } },
      };
}
