import { applyEdits, modify, parse, type FormattingOptions, type JSONPath, type ParseError } from 'jsonc-parser';
import { AppError } from '../../core/errors';
import { isObject } from '../../core/records/isObject';

export type JsonObject = Readonly<Record<string, unknown>>;

/** JSON with comments, as editors keep their settings. @throws invalidInput when it is none, or no object */
export function parseJson(text: string | undefined, file: string): JsonObject {
  if (text === undefined || text.trim() === '') return {};
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true, disallowComments: false });
  const first = errors[0];
  if (first !== undefined) {
    const line = text.slice(0, first.offset).split('\n').length;
    throw new AppError('invalidInput', `${file}:${line} is no JSON: mend it first, nothing was written.`);
  }
  if (isObject(value)) return value;
  throw new AppError('invalidInput', `${file} holds no JSON object: nothing was written.`);
}

/** @param value undefined takes it away */
export function withValue(text: string | undefined, path: JSONPath, value: unknown, isInsertion = false): string {
  const before = text === undefined || text.trim() === '' ? '{}\n' : text;
  const formattingOptions = formatOf(before);
  return applyEdits(before, modify(before, path, value, { formattingOptions, isArrayInsertion: isInsertion }));
}

/** Whether anything is left that somebody wrote: a value or a comment. */
export function isBare(text: string): boolean {
  return /^\s*\{\s*\}\s*$/.test(text);
}

/** As the file has it. */
function formatOf(text: string): FormattingOptions {
  const indent = /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ';
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  return { insertSpaces: !indent.startsWith('\t'), tabSize: indent.startsWith('\t') ? 4 : indent.length, eol };
}
