import { Stop } from './say.mjs';

/**
 * What a script was told, or the one line that says what it does not know, with what it takes.
 *
 * @template T
 * @param {string} usage
 * @param {() => T} parse reads the options by `parseArgs`
 * @returns {T}
 * @throws {Stop}
 */
export function orUsage(usage, parse) {
  try {
    return parse();
  } catch (error) {
    const isOfOptions = error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');
    if (!isOfOptions) throw error;
    throw new Stop(`${error.message}\n${usage}`);
  }
}
