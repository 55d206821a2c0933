import { expect, it } from 'vitest';
import { isReplaced } from '../../../../src/core/dependencies/isReplaced';

it.each([
  [['npm', 'ci'], true],
  [['npm', 'clean-install', '--no-audit', '--no-fund'], true],
  [['npm', 'ci', '--omit=dev'], false],
  [['npm', 'ci', '--prefix', 'apps/api'], false],
  [['npm', 'ci', '--prefix=apps/api'], false],
  [['npm', 'install'], false],
  [['npm'], false],
  [['pnpm', 'ci'], false],
  [['make', 'npm', 'ci'], false],
])('%j would install again what was brought: %j', (command, expected) => {
  expect(isReplaced(command, 'npm')).toBe(expected);
  expect(isReplaced(command, 'cargo')).toBe(false);
});
