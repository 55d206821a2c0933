import { expect, it } from 'vitest';
import { addressOwner } from '../../../../src/core/worktrees/addressOwner';

it.each([
  ['https://github.com/me/thing.git', 'me'],
  ['https://token@github.com/me/thing/', 'me'],
  ['ssh://git@github.com:22/me/thing', 'me'],
  ['git@github.com:me/thing.git', 'me'],
  ['github-work:/me/thing', 'me'],
  ['https://example.com/group/sub/thing', undefined],
  ['/srv/git/thing.git', undefined],
  ['C:\\\\me\\thing', undefined],
  ['C:/me/thing', undefined],
  ['../thing', undefined],
  ['', undefined],
])('%s is of %s', (address, owner) => {
  expect(addressOwner(address)).toBe(owner);
});
