import { windowsProgram } from '@coppice/host/windowsProgram';
import { AppError } from '../../core/errors';

export interface Invocation {
  readonly file: string;
  readonly argv: readonly string[];
  /** The arguments are quoted already (spawn's `windowsVerbatimArguments`). */
  readonly isVerbatim: boolean;
}

/**
 * How a program is started on Windows. Batch files (`npm.cmd`) are no programs: only cmd.exe runs them, and cmd.exe
 * reads their arguments a second time, quotes or not. Each argument is therefore quoted, and one that could end the quotes
 * or expand to something else is refused.
 *
 * @param file absolute path
 * @throws invalidInput when an argument cannot be passed safely
 */
export function windowsInvocation(
  file: string,
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Invocation {
  if (!/\.(?:cmd|bat)$/i.test(file)) return { file, argv, isVerbatim: false };
  for (const text of [file, ...argv]) {
    if (/["%!\r\n\0]/.test(text)) {
      throw new AppError(
        'invalidInput',
        'A batch file cannot be given an argument with a quote, a percent sign, an exclamation mark or a line end.',
      );
    }
  }
  // A backslash in front of the closing quote would escape it for the program that the batch file hands it to.
  const quoted = [file, ...argv].map((text) => `"${text.replace(/\\+$/, '$&$&')}"`).join(' ');
  const commandProcessor = windowsProgram('cmd', env);
  return { file: commandProcessor, argv: ['/d', '/v:off', '/s', '/c', `"${quoted}"`], isVerbatim: true };
}
