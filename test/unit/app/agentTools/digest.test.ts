import fc from 'fast-check';
import { tokensOf as countTokens } from '../../../support/tokensOf';
import { describe, expect, it } from 'vitest';
import { digest, tokensAtMost } from '../../../../src/app/agentTools/digest';

describe('what an agent is told at a time', () => {
  it.each([
    ['words', 'the quick brown fox jumps over the lazy dog '],
    ['ids', '5f2b8c1e-77aa-4f10-9d0c-aa0011223344 '],
    ['paths', '/tmp/a/Xq_zK9/node_modules/.bin/vite:12:34 '],
    ['other scripts', '環境が壊れている 🧨🧨 Ωμέγα '],
    ['signs', '{"a":[1,2,{"b":null}]}\t!@#$%^&*()'],
    ['letters that are no words', 'xqzjkvwpbgfmhxqzjkvw'],
  ])('is at most 1,000 tokens of %s, and names the file', (_, part) => {
    const answer = digest(
      Array.from({ length: 5000 }, () => part.repeat(3)),
      '/home/ada/.coppice/logs/told/why.log',
    );
    expect(countTokens(answer)).toBeLessThanOrEqual(1000);
    expect(answer).toMatch(/\(\d+ lines more\)\nAll of it: \/home\/ada\/\.coppice\/logs\/told\/why\.log$/);
    expect(answer.length).toBeGreaterThan(400);
  });

  it.each([
    ['other scripts', '環境が壊れている🧨'],
    ['one word without end', 'qxz'],
    ['signs', '{"[:'],
  ])('begins with what is wrong and what to do, however long each line of %s is', (_, part) => {
    const long = part.repeat(400);
    const answer = digest(
      [`failed: ${long}`, ...['1', '2', '3', '4'].map((n) => n + long), `What to do: ${long}`],
      '/f',
    );
    expect(countTokens(answer)).toBeLessThanOrEqual(1000);
    expect(answer).toMatch(/^failed: \S+…\n1\S+…\n2.*\n3.*\n4.*\nWhat to do: \S+…\nAll of it: \/f$/);
    expect(digest([`failed: ${long}`], undefined)).toMatch(/^failed: \S{100,}…$/);
  });

  it('cuts no line that fits', () => {
    const line = 'the quick brown fox '.repeat(15).trim();
    expect(
      digest(
        Array.from({ length: 40 }, () => line),
        undefined,
      ).split('\n', 1)[0],
    ).toBe(line);
    expect(digest(['環境'.repeat(60), 'two'], undefined)).toBe(`${'環境'.repeat(60)}\ntwo`);
  });

  it('is counted as no less than a tokenizer counts, but for a few tokens of what only reads like words', () => {
    const text = fc.oneof(fc.string({ maxLength: 200 }), fc.string({ unit: 'grapheme', maxLength: 200 }));
    fc.assert(fc.property(text, (each) => tokensAtMost(each) + 3 >= countTokens(each)));
    const words =
      'why does not every service of this worktree answer when its database was cloned from the template again';
    for (const word of words.split(' ')) expect(tokensAtMost(word)).toBeGreaterThanOrEqual(countTokens(word));
  });

  it('is all of it where that fits', () => expect(digest(['one', 'two'], undefined)).toBe('one\ntwo'));

  it('has nothing that a terminal obeys, and keeps what only looks strange', () => {
    const lines = ['a\u0000b\u001b[2Jc\u001b]0;title\u0007d\te\u202ef', '\u001b[31mred\u001b[0m 👩‍💻 環境'];
    expect(digest(lines, undefined)).toBe('a\\u{0}bcd\te\\u{202e}f\nred 👩‍💻 環境');
  });
});
