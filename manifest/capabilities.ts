import type { SettingRow } from './settingRow';
import type { Texts } from './texts';

/**
 * package.json's `capabilities`. In a folder that is not trusted no setting of its own counts, whatever its scope: each is
 * restricted.
 */
export function capabilities(settings: readonly SettingRow[], texts: Texts): object {
  return {
    untrustedWorkspaces: {
      supported: 'limited',
      description: texts.take(
        'untrusted.description',
        'Coppice reads git and runs commands that coppice.yaml names only in a folder that you trust.',
      ),
      restrictedConfigurations: settings.map(({ key }) => `coppice.${key}`),
    },
    virtualWorkspaces: {
      supported: false,
      description: texts.take('virtual.description', 'Worktrees and their services need a folder on a disk.'),
    },
  };
}
