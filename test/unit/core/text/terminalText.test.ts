import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { terminalLine, withoutSequences } from '../../../../src/core/text/terminalText';

describe('what programs print', () => {
  const colours = { colours: true };
  it.each([
    ['\u001b[1;31mred\u001b[0m\tx', '\u001b[1;31mred\u001b[0m\tx', 'red\tx'],
    ['\u001b[38:2::1:2:3mrgb\u001b[m', '\u001b[38:2::1:2:3mrgb\u001b[m', 'rgb'],
    ['left \u001b[31mon', 'left \u001b[31mon\u001b[0m', 'left on'],
    ['\u001b]52;c;aGk=\u0007\u001b[2J\u001b[5;5Ha\u001bcb\u009b31mc\r', 'ab31mc', 'ab31mc'],
    ['\u001b]0;title\u001b\\\u001b]8;;https://x\u0007link\u001b]8;;\u0007', 'link', 'link'],
    ['keys \u001b[>4;2m\u001b[?2004h', 'keys ', 'keys '],
    ['end\u001b', 'end', 'end'],
    ['over\rwritten\b\b', 'overwritten', 'overwritten'],
  ])('%j commands no terminal; its colours may stay', (text, coloured, plain) => {
    expect(terminalLine(text, colours)).toBe(coloured);
    expect(terminalLine(text, { colours: false })).toBe(plain);
  });

  it('is harmless also over two lines, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('\u001b', '[', ']', ';', 'm', 'J', '1', '>', '\u0007', '\\', '\r', 'x') }),
        (text) => {
          expect(terminalLine(text, colours).replace(/\p{Cc}\[[0-9;]*m/gu, '')).not.toMatch(/\p{Cc}/u);
          expect(terminalLine(text, { colours: false })).not.toMatch(/\p{Cc}/u);
        },
      ),
    );
  });

  it('is text without its sequences', () => {
    expect(withoutSequences('a \u001b[1;31mb\u001b[0m\n\u001b]0;t\u0007c')).toBe('a b\nc');
  });
});
