import { describe, expect, it } from 'vitest';
import { forTerminal, LineDiscipline } from '../../../../../packages/cluster/src/streams/lineDiscipline';

function typed(...pieces: (string | Buffer)[]) {
  const got = { program: '', echo: '', signals: [] as string[], isOver: false };
  const discipline = new LineDiscipline({
    write: (text) => (got.program += text),
    end: () => (got.isOver = true),
    signal: (name) => got.signals.push(name),
    echo: (text) => (got.echo += text),
  });
  for (const piece of pieces) discipline.type(Buffer.from(piece));
  return got;
}

describe('what is typed in a terminal without a terminal', () => {
  it('is shown at once, and reaches the program line by line', () => {
    expect(typed('ls')).toMatchObject({ program: '', echo: 'ls' });
    expect(typed('l', 's\rpwd\n')).toMatchObject({ program: 'ls\npwd\n', echo: 'ls\r\npwd\r\n' });
  });

  it.each([
    ['the last character', 'lss\u007f\r', 'ls\n', 'lss\b \b\r\n'],
    ['no more than the line has', 'a\b\b\bb\r', 'b\n', 'a\b \bb\r\n'],
    ['a character of several bytes', 'xä\u007f\r', 'x\n', 'xä\b \b\r\n'],
    ['the whole line', 'abc\u0015d\r', 'd\n', 'abc\b \b\b \b\b \bd\r\n'],
  ])('is corrected: %s', (_, keys, program, echo) => {
    expect(typed(keys)).toMatchObject({ program, echo });
  });

  it('interrupts, and what was begun is forgotten', () => {
    expect(typed('rm \u0003ls\r')).toMatchObject({ program: 'ls\n', echo: 'rm ^C\r\nls\r\n', signals: ['SIGINT'] });
    expect(typed('\u001c').signals).toEqual(['SIGQUIT']);
  });

  it('ends the input on an empty line, and else sends what there is', () => {
    expect(typed('\u0004')).toMatchObject({ program: '', isOver: true });
    expect(typed('half\u0004')).toMatchObject({ program: 'half', isOver: false });
    expect(typed('half\u0004\u0004')).toMatchObject({ program: 'half', isOver: true });
  });

  it('may come in any pieces', () => {
    const [first, second] = [Buffer.from('ä\r').subarray(0, 1), Buffer.from('ä\r').subarray(1)];
    expect(typed(first, second)).toMatchObject({ program: 'ä\n', echo: 'ä\r\n' });
  });

  it('shows keys that are no characters as what they are', () => {
    expect(typed('\u001b[A\r')).toMatchObject({ program: '\u001b[A\n', echo: '^[[A\r\n' });
  });
});

it('what a program prints begins each line at the left, whatever its bytes', () => {
  expect(forTerminal(Buffer.from('a\nb\r\nc')).toString()).toBe('a\r\nb\r\nc');
  const bytes = Buffer.from([0xff, 10, 0xc3, 0xa4]);
  expect([...forTerminal(bytes)]).toEqual([0xff, 13, 10, 0xc3, 0xa4]);
});
