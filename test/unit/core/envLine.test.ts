import { expect, it } from 'vitest';
import { envLine } from '../../../src/core/envLine';

it.each([
  ['plain', 'plain', 'A=plain'],
  ['nothing', '', 'A='],
  ['a URL', 'postgresql://u:p%40@127.0.0.1:5432/db', 'A=postgresql://u:p%40@127.0.0.1:5432/db'],
  ['what a shell reads', 'http://x/?a=b&c=$d', "A='http://x/?a=b&c=$d'"],
  ['a comment', 'a #b', "A='a #b'"],
  ['a quote', "it's", `A="it's"`],
  ['two kinds of quotes', `it's "x"`, undefined],
  ['two lines', 'a\nb', undefined],
])('%s is written as all readers understand it', (_, value, expected) => {
  expect(envLine('A', value)).toBe(expected);
});
