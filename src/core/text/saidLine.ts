import { withoutSequences } from './terminalText';

const limit = 200;
/** What more there is of a text is not looked at. */
const readLimit = 4000;

/** The first line of what somebody said that has words in it, without marks of its format and without what a terminal would obey. */
export function saidLine(text: string): string {
  const lines = withoutSequences(text.slice(0, readLimit)).split(/[\r\n]/);
  const plain = lines.map((line) =>
    line
      .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ')
      .replace(/[*`]/g, '')
      .replace(/^[\s#>-]+/, '')
      .replace(/\s/g, ' ')
      .trim(),
  );
  const line = [...(plain.find((each) => /[\p{L}\p{N}]/u.test(each)) ?? '')];
  return line.length <= limit ? line.join('') : `${line.slice(0, limit - 1).join('')}…`;
}
