import { expect, it } from 'vitest';
import { isInstall } from '../../../../src/core/dependencies/isInstall';

it.each([
  ['npm ci', 'npm', true],
  ['npm clean-install --no-audit', 'npm', true],
  ['pnpm install', 'pnpm', true],
  ['pnpm install --frozen-lockfile', 'pnpm', true],
  ['yarn install --immutable', 'yarn', true],
  ['npm install', 'npm', false],
  ['npm ci --omit=dev', 'npm', false],
  ['pnpm install --prod', 'pnpm', false],
  ['pnpm add left-pad', 'pnpm', false],
  ['npm ci', 'pnpm', false],
  ['npm run build', 'npm', false],
])('%s with the lockfile of %s only installs what that says: %s', (command, tool, expected) => {
  expect(isInstall(command.split(' '), tool)).toBe(expected);
});
