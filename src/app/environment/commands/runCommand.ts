import type { SetupCommand } from '../../../core/environmentFile';
import { expandVariables } from '../../../core/variables/expandVariables';
import { AppError, isAppError, toAppError } from '../../../core/errors';
import { missingProgram } from '../../../core/missingProgram';
import { unplacedSubmodule } from '../../../core/worktrees/unplacedSubmodule';
import type { Commands } from '../../../core/ports/host';

export interface CommandRun {
  /** Where the file says it: `setup[0]`. */
  readonly place: string;
  readonly folder: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Unless the command says it itself. */
  readonly timeoutSeconds: number;
  /** Where the file says how long it may take; undefined: at its own place. */
  readonly timeoutPlace?: string;
  /** Tells its log from others; undefined: what it printed last is kept, where it fails. */
  readonly name: string | undefined;
  readonly tell?: (line: string) => void;
}

/** Runs one command of the environment file. @returns where its output is @throws failed, timeout…, which say the command's place */
export async function runCommand(
  { commands }: { readonly commands: Commands },
  { command, env, timeout }: SetupCommand,
  { place, folder, variables, timeoutSeconds, timeoutPlace = `${place}.timeout`, name, tell }: CommandRun,
  signal: AbortSignal,
): Promise<string | undefined> {
  const options = {
    cwd: folder,
    env: { ...variables, ...expandVariables(env, variables) },
    timeoutMs: (timeout ?? timeoutSeconds) * 1000,
    ...(tell === undefined ? {} : { onLine: tell }),
    ...(name === undefined ? {} : { keepAs: `${place.replace(/\W+/g, '-').replace(/-$/, '')}-${name}` }),
  };
  tell?.(`$ ${command.join(' ')}`);
  try {
    return await commands.run(command, options, signal);
  } catch (error) {
    if (!isAppError(error)) throw error;
    const { code, message, explanation, remedy } = toAppError(error);
    const more =
      code === 'timeout'
        ? `${timeoutPlace} gives it more time.`
        : (missingProgram(code === 'missingTool' ? command[0] : undefined, explanation ?? '') ??
          unplacedSubmodule(explanation ?? ''));
    throw new AppError(code, `${place}: ${message}`, {
      ...(explanation || more ? { explanation: [explanation, more].filter(Boolean).join('\n') } : {}),
      ...(remedy ? { remedy } : {}),
      cause: error,
    });
  }
}
