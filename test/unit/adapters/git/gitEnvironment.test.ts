import { devNull } from 'node:os';
import { describe, expect, it } from 'vitest';
import { gitEnvironment } from '../../../../src/adapters/git/gitEnvironment';

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
      GIT_CONFIG_COUNT: '8',
      GIT_CONFIG_KEY_0: 'core.fsmonitor',
      GIT_CONFIG_VALUE_0: 'false',
      GIT_CONFIG_KEY_1: 'core.hooksPath',
      GIT_CONFIG_VALUE_1: devNull,
      GIT_CONFIG_KEY_2: 'log.showSignature',
      GIT_CONFIG_VALUE_2: 'false',
      GIT_CONFIG_KEY_6: 'core.warnAmbiguousRefs',
      GIT_CONFIG_VALUE_6: 'true',
      GIT_CONFIG_KEY_7: 'filter.x.clean',
      GIT_CONFIG_VALUE_7: '',
    });
    expect(gitEnvironment({}, 'refresh')).not.toHaveProperty('GIT_OPTIONAL_LOCKS');
  });
});
