import { expect, it } from 'vitest';
import { parseEnvironmentFile } from '../../../../src/adapters/environmentFile/parseEnvironmentFile';

const parse = (copy: string) => parseEnvironmentFile(`version: 1\ncopy: ${copy}\nservices: {web: {command: run}}\n`);

it('reads paths, patterns, and files with what stands for them', () => {
  const { file, problems } = parse('[config/*.json, {file: ./.env, example: .env.example}]');
  expect(problems).toEqual([]);
  expect(file).toMatchObject({ copy: ['config/*.json', '.env'], examples: { '.env': '.env.example' } });
  expect(parse('[.env]').file).not.toHaveProperty('examples');
});

it.each([
  ['[{file: .env}]', /example/],
  ['[{file: .env, example: ../.env.example}]', /copy\[0\]\.example.*inside the repository/],
  ['[{file: /etc/env, example: .env.example}]', /copy\[0\]\.file.*inside the repository/],
  ['[{file: .env, example: .env.example, from: main}]', /from/],
  ['[{file: apps/*/.env, example: .env.example}]', /copy\[0\]\.file must be the path of one file, no pattern/],
  ["[{file: '.{env,env.local}', example: .env.example}]", /no pattern/],
])('says what is wrong with %s', (copy, said) => {
  const { file, problems } = parse(copy);
  expect(file).toBeUndefined();
  expect(problems.map(({ message }) => message).join('\n')).toMatch(said);
});
