import { describe, expect, it } from 'vitest';
import { attention } from '../../../../src/app/view/attention';
import type { WorktreeEntry } from '../../../../src/core/model';
import { anEntry, anEnvironment, anIdentity, aSnapshot, aWorktree, bareMain, offline } from '../../ui/builders';

const bare = { environment: undefined, identity: undefined };

describe('how much a worktree wants to be seen', () => {
  it.each<[string, WorktreeEntry, string]>([
    ['degraded', anEntry({ environment: anEnvironment({ health: 'degraded' }) }), 'failing'],
    ['gone from its cluster', anEntry({ environment: undefined }), 'failing'],
    ['cut off before it had a record', anEntry({ ...bare, work: 'createCutOff' }), 'failing'],
    ['of a record that cannot be read', anEntry({ ...bare, damaged: 'it is no JSON' }), 'failing'],
    ['healthy', anEntry(), 'running'],
    ['starting', anEntry({ environment: anEnvironment({ health: 'progressing' }) }), 'running'],
    ['being made', anEntry({ environment: undefined, identity: anIdentity({ state: 'creating' }) }), 'running'],
    ['asleep', anEntry({ environment: anEnvironment({ health: 'asleep' }) }), 'resting'],
    ['stopped', anEntry({ environment: anEnvironment({ health: 'stopped' }) }), 'resting'],
    ['without an environment', bareMain, 'bare'],
    [
      'only known to git, and its folder is gone',
      anEntry({ ...bare, worktree: aWorktree({ prunable: 'gone' }) }),
      'bare',
    ],
  ])('of one that is %s', (_words, entry, expected) => {
    expect(attention(entry, aSnapshot())).toBe(expected);
  });

  it('is as it was while the cluster is away', () => {
    const of = (health: 'degraded' | 'healthy') =>
      attention(anEntry({ environment: anEnvironment({ health }) }), aSnapshot({ cluster: offline }));
    expect([of('degraded'), of('healthy')]).toEqual(['failing', 'running']);
  });
});
