import { parseCommand } from '../../../core/text/parseCommand';
import { literal } from './literal';

/**
 * A command of a shell as an environment file takes it: `$PORT` becomes `$(PORT)`, which is filled in without a shell; what needs a shell
 * all the same is given to one.
 */
export function shellCommand(text: string): string | readonly string[] {
  const line = text.trim().replace(/\s+/g, ' ');
  const filled = line.replace(/"?\$(?:\{(PORT)(?::?-\d+)?\}|(PORT)\b)"?/g, '$(PORT)');
  if (!/[$`*?~]/.test(filled.replaceAll('$(PORT)', '')) && !('problem' in parseCommand(filled))) return filled;
  return ['sh', '-c', literal(text.trim())];
}

/** Splits what is written for a program without a shell; undefined: it cannot be split. */
export function words(text: string): readonly string[] | undefined {
  const parsed = parseCommand(text);
  return 'problem' in parsed ? undefined : parsed;
}
