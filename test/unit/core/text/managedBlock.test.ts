import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withManagedBlock, withoutManagedBlock } from '../../../../src/core/text/managedBlock';

const lines = ['A=1', "B='x y'"];
const block = (eol = '\n', joined = ''): string =>
  [
    `# coppice begin: written by Coppice for this worktree, and written again when a value changes${joined}`,
    ...lines,
    '# coppice end',
    '',
  ].join(eol);

describe('the managed block of an env file', () => {
  it.each([
    ['an empty file', '', block()],
    ['a whole line', 'X=1\n', `X=1\n${block()}`],
    ['a line without an end', 'X=1', `X=1\n${block('\n', ' (joined)')}`],
    ['lines of Windows', 'X=1\r\n', `X=1\r\n${block('\r\n')}`],
  ])('stands at the end of %s, and goes without a trace', (_, text, expected) => {
    expect(withManagedBlock(text, lines)).toBe(expected);
    expect(withManagedBlock(expected, lines)).toBe(expected);
    expect(withoutManagedBlock(expected)).toBe(text);
    expect(withManagedBlock(expected, [])).toBe(text);
  });

  it('is replaced, and stays the last word where a person wrote beneath it', () => {
    const edited = `${withManagedBlock('X=1\n', ['A=0'])}A=mine\n`;
    expect(withManagedBlock(edited, lines)).toBe(`X=1\nA=mine\n${block()}`);
  });

  it('leaves what was written beneath it a line of its own, where the file above ended without one', () => {
    const edited = `${withManagedBlock('SECRET=main', lines)}MINE=precious\n`;
    expect(withoutManagedBlock(edited)).toBe('SECRET=main\nMINE=precious\n');
    expect(withManagedBlock(edited, lines)).toBe(`SECRET=main\nMINE=precious\n${block()}`);
  });

  it.each([
    ['X=1\n', '\n'],
    ['X=1', '\n'],
    ['X=1\r\n', '\r\n'],
    ['', '\n'],
  ])('of %j keeps what somebody else wrote into it, above it', (own, eol) => {
    const isOwn = (line: string): boolean => ['A=1', "B='x y'"].includes(line);
    const edited = withManagedBlock(own, lines).replace(`A=1${eol}`, `A=1${eol}KEY=mine${eol}`);
    const above = own === '' || own.endsWith(eol) ? own : `${own}${eol}`;
    expect(withoutManagedBlock(edited, isOwn)).toBe(`${above}KEY=mine${eol}`);
    expect(withManagedBlock(edited, ['A=2'], isOwn)).toBe(withManagedBlock(`${above}KEY=mine${eol}`, ['A=2'], isOwn));
  });

  it.each(['\n', '\r\n'])(
    'goes where somebody deleted its end (lines that end in %j), and what is theirs stays',
    (eol) => {
      const isOwn = (line: string): boolean => lines.includes(line);
      for (const own of ['', `X=1${eol}`, 'X=1']) {
        const open = withManagedBlock(own, lines).replace(/# coppice end\r?\n$/, '');
        expect(withoutManagedBlock(open, isOwn)).toBe(own);
        expect(withManagedBlock(open, ['A=2'], isOwn)).toBe(withManagedBlock(own, ['A=2']));
        const above = own === 'X=1' ? 'X=1\n' : own;
        expect(withoutManagedBlock(`${open}MINE=1${eol}`, isOwn)).toBe(`${above}MINE=1${eol}`);
        // A block that was put beneath it since.
        expect(withoutManagedBlock(`${open}MINE=1${eol}${block(eol)}`, isOwn)).toBe(`${above}MINE=1${eol}`);
      }
    },
  );

  it('without an end keeps its lines where nobody wrote down whose they are', () => {
    const open = block().replace('# coppice end\n', 'MINE=1\n');
    expect(withoutManagedBlock(open)).toBe(open);
  });

  it('goes as often as it is there', () => {
    expect(withoutManagedBlock(`X=1\n${block()}${block()}${block()}Y=2\n`)).toBe('X=1\nY=2\n');
    expect(withManagedBlock(`X=1\n${block()}${block()}`, ['A=2'])).toBe(withManagedBlock('X=1\n', ['A=2']));
  });

  it('done twice is done once, and taken out gives back the text, whatever it is', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\n', '\r\n', '# coppice', ' ', '=', 'ü') });
    fc.assert(
      fc.property(text, (own) => {
        const once = withManagedBlock(own, lines);
        expect(withManagedBlock(once, lines)).toBe(once);
        expect(withoutManagedBlock(once)).toBe(own);
      }),
    );
  });
});
