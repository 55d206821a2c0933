import { devNull } from 'node:os';
import { describe, expect, it } from 'vitest';
import { gitEnvironment } from '../../../../../src/adapters/git/program/gitEnvironment';

const inherited = {
  PATH: '/bin',
  HOME: '/h',
  GIT_DIR: '/x',
  git_dir: '/y',
  GIT_INDEX_FILE: 'i',
  EDITOR: 'vi',
  Pager: 'p',
  GIT_CONFIG_GLOBAL: '/g',
  NONE: undefined,
};

describe('gitEnvironment', () => {
  it("keeps what is the user's and drops what is a hook's", () => {
    expect(gitEnvironment(inherited, 'write')).toEqual({
      PATH: '/bin',
      HOME: '/h',
      GIT_CONFIG_GLOBAL: '/g',
      LC_ALL: 'C',
      GIT_TERMINAL_PROMPT: '0',
    });
  });

  it('takes hooks, monitor and locks away for a read', () => {
    expect(gitEnvironment({}, 'read', [['filter.x.clean', '']])).toMatchObject({
      GIT_OPTIONAL_LOCKS: '0',
      GIT_CONFIG_COUNT: '11',
      GIT_CONFIG_KEY_0: 'core.fsmonitor',
      GIT_CONFIG_VALUE_0: 'false',
      GIT_CONFIG_KEY_1: 'core.hooksPath',
      GIT_CONFIG_VALUE_1: devNull,
      // Hooks of the configuration run without a folder.
      GIT_CONFIG_KEY_2: 'hook.post-index-change.enabled',
      GIT_CONFIG_VALUE_2: 'false',
      GIT_CONFIG_KEY_3: 'hook.reference-transaction.enabled',
      GIT_CONFIG_KEY_4: 'hook.post-checkout.enabled',
      GIT_CONFIG_KEY_5: 'log.showSignature',
      GIT_CONFIG_VALUE_5: 'false',
      GIT_CONFIG_KEY_9: 'core.warnAmbiguousRefs',
      GIT_CONFIG_VALUE_9: 'true',
      GIT_CONFIG_KEY_10: 'filter.x.clean',
      GIT_CONFIG_VALUE_10: '',
    });
    expect(gitEnvironment({}, 'refresh')).not.toHaveProperty('GIT_OPTIONAL_LOCKS');
  });
});
