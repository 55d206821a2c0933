import { describe, expect, it } from 'vitest';
import { withoutUsage } from '../../../../src/adapters/exec/withoutUsage';

const said = [
  'npm error code EUSAGE',
  'npm error',
  'npm error `npm ci` can only install packages when your package.json and package-lock.json are in sync.',
  'npm error',
  'npm error Missing: @scope/helper@1.0.0 from lock file',
];
const usage = [
  ...[
    'npm error',
    'npm error Clean install a project',
    'npm error',
    'npm error Usage:',
    'npm error npm ci',
    'npm error',
  ],
  ...['npm error   --omit', 'npm error     Dependency types to omit from the installation tree on disk.', 'npm error'],
  ...['npm error aliases: clean-install, ic', 'npm error', 'npm error Run "npm help ci" for more info'],
];
const log = 'npm error A complete log of this run can be found in: /home/x/.npm/_logs/debug-0.log';

describe('what is told of npm', () => {
  it('is what is wrong, without how its command is used', () => {
    expect(withoutUsage([...said, ...usage, log])).toEqual([said[0], said[2], said[4], log]);
  });

  it('is the same of older ones, and where it was cut off', () => {
    const older = (lines: readonly string[]): string[] => lines.map((line) => line.replace('npm error', 'npm ERR!'));
    expect(withoutUsage(older([...said, ...usage, log]))).toEqual(
      older([said[0] ?? '', said[2] ?? '', said[4] ?? '', log]),
    );
    expect(withoutUsage([...said, ...usage.slice(0, 7)])).toEqual([said[0], said[2], said[4]]);
  });

  it('is all that it says where it says no usage, and of other programs everything', () => {
    for (const lines of [said, [], ['Usage:', '  tool [options]', '', 'error: no such option']])
      expect(withoutUsage(lines)).toBe(lines);
  });
});
