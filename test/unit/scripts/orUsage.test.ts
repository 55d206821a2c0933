import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { expect, it } from 'vitest';
import { orUsage } from '../../../scripts/workplace/orUsage.mjs';
import { root } from '../../../scripts/workplace/run.mjs';
import { Stop } from '../../../scripts/workplace/say.mjs';

const read = (args: string[]) =>
  orUsage('usage', () => parseArgs({ args, options: { json: { type: 'boolean' }, only: { type: 'string' } } })).values;

it('gives what was said', () => {
  expect(read(['--json', '--only', 'x'])).toEqual({ json: true, only: 'x' });
});

it.each([['--jsn'], ['--only'], ['--json=1'], ['loose']])('answers "%s" with what there is', (argument) => {
  let told: unknown;
  try {
    read([argument]);
  } catch (error) {
    told = error;
  }
  expect(told).toBeInstanceOf(Stop);
  expect((told as Stop).message).toMatch(/^.+\nusage$/s);
});

it('lets pass what is no matter of options', () => {
  const fault = new Error('broken');
  expect(() =>
    orUsage('usage', () => {
      throw fault;
    }),
  ).toThrow(fault);
});

it.each([
  ['scripts/start.mjs', '--dir <folder>'],
  ['scripts/bench.mjs', '--only <name>'],
  ['scripts/package.mjs', '--target <name>'],
  ['test/desktop/run.mjs', '--vscode <version>'],
])(
  '%s says what it takes, when asked and when it is told what it does not know',
  (script, line) => {
    const run = (argument: string) =>
      spawnSync(process.execPath, [join(root, script), argument], { cwd: root, encoding: 'utf8' });
    const asked = run('--help');
    expect(`${asked.stdout}${asked.stderr}`).toContain(line);
    expect(asked.status).toBe(0);
    const refused = run('--unknown');
    expect(refused.stderr).toMatch(/^Unknown option '--unknown'/);
    expect(refused.stderr).toContain(line);
    expect(refused.stderr).not.toMatch(/^\s+at /m);
    expect(refused.status).toBe(1);
  },
  120_000,
);
