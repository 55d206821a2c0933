import { windowsProgram } from '@coppice/host/windowsProgram';
import { AppError } from '../../core/errors';

export interface Invocation {
  readonly file: string;
  readonly argv: readonly string[];
  /** The arguments are quoted already (spawn's `windowsVerbatimArguments`). */
  readonly isVerbatim: boolean;
}

/** cmd.exe reads no longer line; CreateProcess takes none. Characters, as Windows documents them. */
const longest = { batchFile: 8191, program: 32_767 };

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
  if (!/\.(?:cmd|bat)$/i.test(file)) {
    // Node quotes each, with a backslash before each quote and each backslash that stands before one.
    const length = [file, ...argv].reduce(
      (sum, text) => sum + text.length + 3 + text.replaceAll(/[^"\\]/g, '').length,
      0,
    );
    if (length > longest.program) throw tooLong('A program');
    return { file, argv, isVerbatim: false };
  }
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
  const started: readonly string[] = ['/d', '/v:off', '/s', '/c', `"${quoted}"`];
  if ([commandProcessor, ...started].join(' ').length + 2 > longest.batchFile) throw tooLong('A batch file');
  return { file: commandProcessor, argv: started, isVerbatim: true };
}

function tooLong(what: string): AppError {
  return new AppError('invalidInput', `${what} cannot be given so many characters on Windows.`);
}
