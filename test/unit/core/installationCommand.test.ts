import { expect, test } from 'vitest';
import { targets } from '../../../scripts/platform/targets.mjs';
import { installationCommand, packageWithTools } from '../../../src/core/installationCommand';

test.each([
  ['helm', 'darwin', ['brew'], 'brew install helm'],
  ['postgres', 'darwin', ['brew'], 'brew install postgresql@18'],
  ['postgres', 'win32', ['winget'], 'winget install --id PostgreSQL.PostgreSQL.18 --exact'],
  ['postgres', 'linux', ['brew', 'apt-get'], 'sudo apt-get install postgresql'],
  // Debian has no Helm.
  ['helm', 'linux', ['apt-get'], undefined],
  ['helm', 'linux', ['brew', 'apt-get'], 'brew install helm'],
  ['helm', 'linux', ['snap', 'apt-get'], 'sudo snap install helm --classic'],
  ['helm', 'linux', ['dnf'], 'sudo dnf install helm'],
  // What a system does not have says nothing there.
  ['helm', 'win32', ['brew'], undefined],
  ['helm', 'freebsd', ['brew'], undefined],
] as const)('%s on %s with %j', (tool, system, present, expected) => {
  expect(installationCommand(tool, system, present)).toBe(expected);
});

test('the packages that bring the tools are those that can be made', () => {
  const made = Object.keys(targets);
  expect(made.map((target) => packageWithTools(...(target.split('-') as [string, string])))).toEqual(made);
  expect(packageWithTools('win32', 'arm64')).toBeUndefined();
});
