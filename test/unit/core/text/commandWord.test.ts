import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commandWord } from '../../../../src/core/text/commandWord';
import { parseCommand } from '../../../../src/core/text/parseCommand';

test('a word of a command is read as it was, whatever is in it', () => {
  expect(['apps/api', 'my app', "o'neill", 'a "b" c', '&&', ''].map(commandWord)).toEqual([
    'apps/api',
    '"my app"',
    '"o\'neill"',
    `"a "'"'"b"'"'" c"`,
    '"&&"',
    '""',
  ]);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (one, other) => {
      expect(parseCommand(`npm --prefix ${commandWord(one)} ${commandWord(other)}`)).toEqual([
        'npm',
        '--prefix',
        one,
        other,
      ]);
    }),
  );
});
