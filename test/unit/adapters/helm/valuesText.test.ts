import { expect, test } from 'vitest';
import { valuesText } from '../../../../src/adapters/helm/valuesText';
import { hostileBranches, worktreeValues } from '../../../support/worktreeValues';

test('the text is JSON that holds no character that YAML takes for the end of a line', () => {
  for (const branch of hostileBranches) {
    const values = worktreeValues(branch, '/w');
    const text = valuesText(values);
    expect(JSON.parse(text)).toEqual(values);
    expect(text).not.toMatch(/[\u0085\u2028\u2029\n\r]/);
  }
});

test.each([
  ['\u007f', 'U+007F'],
  ['\u009f', 'U+009F'],
  ['\uffff', 'U+FFFF'],
  ['\ud800', 'U+D800'],
])('a character that Helm cannot take is refused by name: %j', (character, name) => {
  expect(() => valuesText(worktreeValues(`a${character}b`, '/w'))).toThrow(name);
  expect(() => valuesText(worktreeValues(`a${character}b`, '/w'))).toThrow('"branch"');
});

test('a text that merely reads like an escape is none', () => {
  expect(JSON.parse(valuesText(worktreeValues('C:\\ud8001\\u2028', '/w')))).toMatchObject({
    worktree: { branch: 'C:\\ud8001\\u2028' },
  });
});
