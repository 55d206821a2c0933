import { describe, expect, it } from 'vitest';
import { namesFromSlug } from '../../../src/core/naming';
import { findExactly, findLoosely, findOrphan } from '../../../src/cli/find';
import type { Snapshot } from '../../../src/core/model';
import { anEntry, anEnvironment, aSnapshot, aWorktree } from '../ui/builders';

const bare = { status: undefined, identity: undefined, environment: undefined };
const topic = { ...bare, worktree: aWorktree({ path: '/w/one', branch: 'topic' }) };
const calledTopic = { ...bare, worktree: aWorktree({ path: '/w/topic', branch: 'other' }) };
const orphan = { ...anEnvironment({ slug: 'topic', namespace: 'worktree-topic' }), isBeingCreated: false };
const having = (change: Partial<Snapshot>): Snapshot => ({ ...aSnapshot(), entries: [], orphans: [], ...change });

describe('what a name means to a command that deletes', () => {
  it('is a branch, a slug, a namespace, a folder or a path', () => {
    const entry = anEntry();
    const snapshot = having({ entries: [entry] });
    for (const name of ['feature', 'worktree-feature', '/repo.worktrees/feature'])
      expect(findExactly(snapshot, name)).toBe(entry);
    expect(() => findExactly(snapshot, 'feat')).toThrow('There is no worktree "feat".');
  });

  it('is refused when one worktree has a branch and another a folder of that name', () => {
    const snapshot = having({ entries: [topic, calledTopic] });
    expect(() => findExactly(snapshot, 'topic')).toThrow('could be the worktree /w/one or /w/topic');
    expect(findExactly(snapshot, '/w/topic')).toBe(calledTopic);
  });

  it("is not an orphan's when a worktree is called so", () => {
    expect(findOrphan(having({ entries: [topic], orphans: [orphan] }), 'topic')).toBeUndefined();
    expect(findOrphan(having({ entries: [topic], orphans: [orphan] }), 'worktree-topic')).toBe(orphan);
    expect(findOrphan(having({ orphans: [orphan] }), 'topic')).toBe(orphan);
  });
});

describe('a name that is exact', () => {
  const at = (path: string, branch: string | undefined, isMain = false): Snapshot['entries'][number] => ({
    ...bare,
    worktree: aWorktree({ path, branch, isMain }),
  });
  const withEnvironment = (path: string, branch: string, slug: string): Snapshot['entries'][number] => {
    const entry = anEntry();
    if (!entry.identity) throw new Error('the builder made no identity');
    const identity = { ...entry.identity, names: namesFromSlug(slug) };
    return { ...entry, worktree: aWorktree({ path, branch }), identity };
  };
  const main = at('/x/plain', 'main', true);
  const plain = at('/x/plain.worktrees/plain', 'plain');

  // Repository folder and branch of one name; a branch called like another's slug, namespace or folder; paths; parts.
  it.each<[string, string, readonly Snapshot['entries'][number][], string, string | undefined]>([
    ['a branch, before the main folder', 'plain', [main, plain], 'plain', 'plain'],
    ['a branch, whatever comes first', 'plain', [plain, main], 'plain', 'plain'],
    ['the main folder, where no branch is called so', 'plain', [main, at('/x/b', 'b')], 'main', 'main'],
    ['a branch, before a slug', 'a-b', [at('/x/1', 'a-b'), withEnvironment('/x/2', 'a/b', 'a-b')], 'a-b', undefined],
    [
      'a branch, before a namespace',
      'worktree-t',
      [at('/x/1', 'worktree-t'), withEnvironment('/x/2', 't', 't')],
      'worktree-t',
      undefined,
    ],
    ['a branch, before a folder', 'topic', [at('/x/topic', 'other'), at('/x/2', 'topic')], 'topic', undefined],
    ['a slug, before a folder', 's', [withEnvironment('/x/1', 'S/', 's'), at('/x/s', 'other')], 'S/', undefined],
    ['a path, before all', '/x/topic', [at('/x/topic', 'other'), at('/x/2', '/x/topic')], 'other', 'other'],
    ['a branch, before what begins so', 'top', [at('/x/1', 'topic'), at('/x/2', 'top')], 'top', 'top'],
  ])('is that of %s', (_, name, entries, loosely, exactly) => {
    const snapshot = having({ entries });
    expect(findLoosely(snapshot, name).worktree.branch).toBe(loosely);
    // Who deletes is not helped by a guess: only the main worktree, which is never deleted, stands back.
    if (exactly === undefined) expect(() => findExactly(snapshot, name)).toThrow('give the whole path');
    else expect(findExactly(snapshot, name).worktree.branch).toBe(exactly);
  });

  it('may still be that of several, which is said', () => {
    const snapshot = having({ entries: [at('/x/t', 'a'), at('/y/t', 'b')] });
    expect(() => findLoosely(snapshot, 't')).toThrow('"t" could be a, b: say more of it.');
    expect(() => findLoosely(snapshot, 'nobody')).toThrow('There is no worktree "nobody".');
  });
});
