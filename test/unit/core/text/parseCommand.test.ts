import { expect, test } from 'vitest';
import { parseCommand } from '../../../../src/core/text/parseCommand';

test('quotes hold words together and their content is left alone', () => {
  expect(parseCommand('a "b c" \'d "e"\' --f="g h" ""')).toEqual(['a', 'b c', 'd "e"', '--f=g h', '']);
  expect(parseCommand('node -e "a && b; c > d"')).toEqual(['node', '-e', 'a && b; c > d']);
  expect(parseCommand('find . -name "*.js" -exec rm {} ";"')).toEqual([
    'find',
    '.',
    '-name',
    '*.js',
    '-exec',
    'rm',
    '{}',
    ';',
  ]);
});
