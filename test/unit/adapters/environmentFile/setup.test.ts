import { expect, it, test } from 'vitest';
import { YamlEnvironmentFiles } from '../../../../src/adapters/environmentFile/yamlEnvironmentFiles';

const files = new YamlEnvironmentFiles();
const base = 'version: 1\nservices: {a: {command: x}}\n';
const parsed = (text: string) => files.parse(base + text, 'coppice.yaml');
const shown = (text: string): string[] => files.check(base + text).map((p) => `${p.line}:${p.column}: ${p.message}`);

it('commands are text, argument lists or mappings', () => {
  const { setup } = parsed(
    'setup:\n  - npm ci\n  - [sh, -c, "a && b"]\n  - {command: npm run generate, inputs: [./a//b.json], env: {A: 1.10}, timeout: 5}\n',
  );
  const none = { env: {}, timeout: undefined, inputs: undefined };
  expect(setup).toEqual([
    { command: ['npm', 'ci'], ...none },
    { command: ['sh', '-c', 'a && b'], ...none },
    { command: ['npm', 'run', 'generate'], env: { A: '1.10' }, timeout: 5, inputs: ['a/b.json'] },
  ]);
  expect(parsed('').setup).toEqual([]);
});

test.each<[name: string, text: string, expected: string]>([
  ['no list', 'setup: npm ci', '3:8: setup must be a list, found "npm ci"'],
  ['a number', 'setup: [1]', '3:9: setup[0] must be text, a list or a mapping, found 1'],
  ['no command', 'setup: [{timeout: 5}]', '3:9: setup[0].command is missing'],
  ['an unknown key', 'setup: [{command: x, timeot: 5}]', '3:22: setup[0] has no key "timeot": did you mean "timeout"?'],
  [
    'what a shell reads',
    'setup: [a && b]',
    '3:9: setup[0] has "&&", which only a shell understands, and none is started; write ["sh", "-c", "…"] if you want one',
  ],
  ['an open quote', 'setup: [{command: "a \'b"}]', '3:19: setup[0].command has a quote that is not closed'],
  ['no time', 'setup: [{command: x, timeout: 0}]', '3:31: setup[0].timeout must be a number from 1 to 86400, found 0'],
  [
    'a way out',
    'setup: [{command: x, inputs: [../a]}]',
    '3:31: setup[0].inputs[0] must be a file, a folder or a pattern inside the repository, relative to this file, found "../a"',
  ],
  [
    'a copy that leads out',
    'copy: [../.env]',
    '3:8: copy[0] must be a file, a folder or a pattern inside the repository, relative to this file, found "../.env"',
  ],
  [
    'a copy from elsewhere',
    'copy: [~/.env]',
    '3:8: copy[0] must be a file, a folder or a pattern inside the repository, relative to this file, found "~/.env"',
  ],
  ['a copy that is no list', 'copy: .env', '3:7: copy must be a list, found ".env"'],
  [
    'a patch that leads out',
    'patch: {../.env: {A: b}}',
    '3:18: patch.../.env must be a file inside the repository, relative to this file, found "../.env"',
  ],
  ['a patch of nothing', 'patch: {.env: {}}', '3:15: patch..env is empty; expected at least one'],
  ['a patch without variables', 'patch: {.env: x}', '3:15: patch..env must be a mapping, found "x"'],
  [
    'a teardown with inputs',
    'teardown: [{command: x, inputs: [a]}]',
    '3:25: teardown[0] has no key "inputs": expected one of command, env, timeout',
  ],
  [
    'no variable',
    'setup: [{command: x, env: {1: a}}]',
    '3:28: setup[0].env: "1" must be a variable name: letters, digits and _, first no digit',
  ],
])('bad input, %s, is one clear line', (_, text, expected) => {
  expect(shown(text)).toEqual([expected]);
});
