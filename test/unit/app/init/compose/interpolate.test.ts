import { describe, expect, it } from 'vitest';
import { interpolateText, unknownVariables, withoutMarks } from '../../../../../src/app/init/compose/interpolate';

const values: Readonly<Record<string, string>> = { NAME: 'shop', EMPTY: '' };
const read = (text: string): string => withoutMarks(interpolateText(text, (name) => values[name]));

describe('variables in a compose file', () => {
  it.each([
    ['$NAME-$NAME', 'shop-shop'],
    ['${NAME}x', 'shopx'],
    ['$$NAME ${NAME}', '$NAME shop'],
    ['${EMPTY:-other}', 'other'],
    ['${EMPTY-other}', ''],
    ['${GONE-other}', 'other'],
    ['${GONE:-a ${NAME} ${ALSO:-b}}', 'a shop b'],
    ['${NAME:+set} ${GONE:+set}.', 'set .'],
    ['${NAME:?must be there}', 'shop'],
    ['${GONE:?must be there}', ''],
    ['echo $(date) $1 $', 'echo $(date) $1 $'],
    ['no variable', 'no variable'],
  ])('%s', (text, value) => {
    expect(read(text)).toBe(value);
  });

  it('are told where nobody knows them', () => {
    expect(unknownVariables(interpolateText('${A} $NAME ${B:-${C}}', (name) => values[name]))).toEqual(['A', 'C']);
  });

  it.each([1, 40])('stand in each other, %d deep', (deep) => {
    expect(read(`${'${GONE:-a'.repeat(deep)}${'}'.repeat(deep)}`)).toBe('a'.repeat(deep));
  });

  it('are refused where they stand deeper in each other than anybody writes: each was looked through anew', () => {
    const deep = 2000;
    const text = `${'${GONE:-'.repeat(deep)}${'x'.repeat(100_000)}${'}'.repeat(deep)}`;
    expect(() => read(text)).toThrow(/in each other/);
  });

  it('of which one closes another’s braces are read as far as they go', () => {
    expect(read('${GONE:-{a}}b}')).toBe('{a}b}');
    expect(() => read('${GONE:-{a}')).toThrow(/not closed/);
  });

  it.each(['${', '${NAME', '${1}', '${NAME!}'])('%s is refused', (text) => {
    expect(() => read(text)).toThrow(RangeError);
  });
});
