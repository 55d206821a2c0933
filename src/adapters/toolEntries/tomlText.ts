import { isDeepStrictEqual } from 'node:util';
import { parse } from 'smol-toml';
import { AppError } from '../../core/errors';
import { isObject } from '../../core/records/isObject';

export type TomlTable = Readonly<Record<string, unknown>>;

/** @throws invalidInput when it is none */
export function parseToml(text: string | undefined, file: string): TomlTable {
  try {
    // How lines end is the file's, and nothing of what it says.
    const value: unknown = parse((text ?? '').replaceAll('\r\n', '\n'));
    // What it makes has no prototype.
    return isObject(value) ? structuredClone(value) : {};
  } catch (error) {
    const [what = ''] = error instanceof Error ? error.message.split('\n', 1) : [];
    throw new AppError('invalidInput', `${file} is no TOML: mend it first, nothing was written. ${what}`.trim(), {
      cause: error,
    });
  }
}

/** Whether a text that was changed as text says what it is to say, and nothing else. */
export function says(text: string, wanted: TomlTable): boolean {
  try {
    return isDeepStrictEqual(parseToml(text, ''), structuredClone(wanted));
  } catch {
    return false;
  }
}

/** A text with a block at its end, parted by an empty line. */
export function withBlock(text: string | undefined, block: string): string {
  const eol = text?.includes('\r\n') ? '\r\n' : '\n';
  const lines = block.replaceAll('\n', eol);
  if (text === undefined || text.trim() === '') return lines;
  return `${text.replace(/\s*$/, '')}${eol}${eol}${lines}`;
}
