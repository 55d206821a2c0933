import { describe, expect, it } from 'vitest';
import { findExactly, findOrphan } from '../../../src/cli/find';
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
