import { describe, expect, it } from 'vitest';
import type { DeleteLook } from '../../../../src/app/environment/delete/lookAtDelete';
import type { DeleteRequest } from '../../../../src/app/environment/requests';
import { planPromotion, type PromotionPlan } from '../../../../src/app/promote/planPromotion';
import { promoteBranch, type PromoteBranchPorts } from '../../../../src/app/promote/promoteBranch';
import { promotionJson, promotionPlanJson } from '../../../../src/app/promote/promotionJson';
import { doneText, planLines, undoCommand } from '../../../../src/app/promote/promotionText';
import { AppError } from '../../../../src/core/errors';
import type { MergeLook, MergePlace, MergeSource } from '../../../../src/core/ports/branchMerges';
import { FakeIdentities } from '../../../support/fakes/fakeIdentities';
import { FakeLocks } from '../../../support/fakes/fakeLocks';
import { FakeWorktrees } from '../../../support/fakes/fakeWorktrees';

const run = { signal: new AbortController().signal, report: () => undefined };
const nothingLost: DeleteLook = { losses: [], refusal: undefined, asksForApproval: false, untold: [] };

/** A repository with the attempts one, two and three; `one` is looked at. */
async function world(change: Partial<MergeLook> = {}, looks: Readonly<Record<string, Partial<DeleteLook>>> = {}) {
  const worktrees = new FakeWorktrees();
  const repository = await worktrees.repository('/repo');
  for (const branch of ['one', 'two', 'three'])
    await worktrees.add(repository, { kind: 'new', branch, base: 'main', folder: `/w/${branch}` });
  const [main, one] = await worktrees.list(repository);
  if (!main || !one) throw new Error('no worktrees');
  const place: MergePlace = { worktree: main, changed: 0, inTheWay: [], operations: [], isCutOff: false };
  const source: MergeSource = { worktree: one, changed: 0, untracked: 0, operations: [] };
  const look: MergeLook = {
    ...{ branch: 'one', base: 'main', tip: 'a'.repeat(40), from: 'b'.repeat(40), kind: 'fastForward', commits: 2 },
    ...{ subjects: ['last', 'first'], isCut: false, conflicts: [], isUnrelated: false, forbiddenBy: undefined },
    files: ['a.ts', 'b.ts'].map((path) => ({ path, added: 2, removed: 1, isUntracked: false })),
    ...{ needsWorktree: [], place, source, ...change },
  };
  const done: string[] = [];
  const locks = new FakeLocks();
  const ports: PromoteBranchPorts = {
    ...{ worktrees, identities: new FakeIdentities(), locks },
    merges: {
      look: async (_, { base }) => ({ ...look, base }),
      merge: async () => {
        done.push('merge');
        return 'c'.repeat(40);
      },
    },
    changes: {
      commonCommit: async () => 'd'.repeat(40),
      since: async ({ path }) => {
        if (path === '/w/three') throw new AppError('failed', 'It cannot be read.');
        const files = ['b.ts', 'c.ts'].map((name) => ({ path: name, added: 1, removed: 0, isUntracked: false }));
        return { commits: 1, subjects: [], files, isCut: false };
      },
    },
    pushes: {
      remoteOf: async () => 'origin',
      ownerOf: async () => undefined,
      push: async () => void done.push('push'),
    },
    pullRequests: { find: async () => undefined, open: async () => 'https://github.com/o/r/pull/7' },
    lookAtDelete:
      async () =>
      async ({ path }) => ({ ...nothingLost, ...looks[path] }),
    delete: async ({ path, accepted, keepBranch }: DeleteRequest) => {
      done.push(`delete ${path} [${accepted.join()}]${keepBranch ? ' keep' : ''}`);
      if (path === '/w/three') throw new AppError('conflict', 'It changed just now.');
      return { environment: 'none', worktree: 'deleted', branch: 'kept', undo: 'id' };
    },
  };
  const asked = { folder: '/repo', branch: 'one' };
  const plan = (more = {}): Promise<PromotionPlan> => planPromotion(ports)({ ...asked, ...more }, run);
  const promote = (more = {}, at = run) => promoteBranch(ports)({ ...asked, ...more }, at);
  return { plan, promote, done, look, locks };
}

describe('a promotion', () => {
  it('says all that happens, and which other attempts changed the same files', async () => {
    const { plan, done } = await world({}, { '/w/two': { losses: [{ kind: 'unpushed', count: 1, examples: ['x'] }] } });
    const planned = await plan({ drop: ['/w/two'] });
    expect(planLines(planned)).toEqual([
      'main goes from bbbbbbb on to aaaaaaa (fast-forward), with the files in /repo.',
      '2 commits come in: last; first',
      '2 files (+4 -2): a.ts, b.ts',
      '1 file is also changed in two: b.ts',
      'The worktree two is deleted; its branch stays. That would lose 1 unpushed commit (x).',
    ]);
    expect(planned.obstacles).toEqual([]);
    expect(JSON.parse(JSON.stringify(promotionPlanJson(planned)))).toMatchObject({
      ...{ kind: 'fastForward', path: '/repo', obstacles: [], overlaps: [{ worktree: 'two', files: ['b.ts'] }] },
      drop: [{ branch: 'two', keepsBranch: true, losses: [{ kind: 'unpushed' }] }],
    });
    expect(done).toEqual([]);
  });

  it('merges, and deletes then what it was told to; one that cannot be deleted keeps no other', async () => {
    const { promote, done, look } = await world();
    const promotion = await promote({ drop: ['/w/three', '/w/two'], seen: look, accepted: ['untracked'] });
    expect(done).toEqual(['merge', 'delete /w/three [untracked] keep', 'delete /w/two [untracked] keep']);
    expect(doneText(promotion)).toBe('main has one now: 2 commits, fast-forward ccccccc.');
    expect(undoCommand(promotion)).toBe(`git -C /repo reset --keep ${'b'.repeat(40)}`);
    expect(promotionJson(promotion)).toMatchObject({
      to: 'c'.repeat(40),
      dropped: [
        { branch: 'three', outcome: 'failed', error: { code: 'conflict' } },
        { branch: 'two', outcome: 'removed', result: { undo: 'id' } },
      ],
    });
  });

  it('tells of a base that is checked out nowhere, and of what an older git cannot tell', async () => {
    const { plan, promote } = await world({ kind: 'merge', place: undefined, conflicts: undefined });
    const lines = planLines(await plan());
    expect(lines[0]).toBe(
      'one (aaaaaaa) and main (bbbbbbb) are joined by a merge commit on main, which is checked out nowhere.',
    );
    expect(lines[3]).toMatch(/^This git cannot tell conflicts in advance/);
    const [before, after] = ['b'.repeat(40), 'c'.repeat(40)];
    expect(undoCommand(await promote())).toBe(`git -C /repo update-ref refs/heads/main ${before} ${after}`);
  });

  it('proposes it in place of a merge, whatever the base has in its worktree', async () => {
    const { plan, promote, done } = await world({ conflicts: ['a.ts'], forbiddenBy: 'merge.ff', kind: 'merge' });
    const planned = await plan({ pullRequest: true });
    expect(planned.obstacles).toEqual([]);
    expect(planLines(planned)).toContain('It is in conflict with main: a.ts');
    expect(done).toEqual([]);
    const promotion = await promote({ pullRequest: true, drop: ['/w/two'] });
    expect(done).toEqual(['push', 'delete /w/two [] keep']);
    expect(undoCommand(promotion)).toBeUndefined();
    expect(promotionJson(promotion)).toMatchObject({
      ...{ to: promotion.look.from, pullRequest: { remote: 'origin', url: 'https://github.com/o/r/pull/7' } },
    });
  });

  it('drops what it was told to where there is nothing to merge, as after one that was cut off', async () => {
    const { promote, plan, done } = await world({ kind: 'none', commits: 0, files: [], subjects: [] });
    expect(planLines(await plan())).toEqual(['main has all of one already: there is nothing to merge.']);
    const promotion = await promote({ drop: ['/w/two'] });
    expect(done).toEqual(['delete /w/two [] keep']);
    expect([doneText(promotion), undoCommand(promotion)]).toEqual(['main has all of one already.', undefined]);
  });

  it.each<[string, Partial<DeleteLook>, object]>([
    ['loss', { losses: [{ kind: 'unpushed', count: 2, examples: [] }] }, { code: 'conflict', losses: [{}] }],
    ['refusal', { refusal: new AppError('denied', 'no') }, { code: 'denied' }],
    ['teardown', { asksForApproval: true }, { code: 'unapproved' }],
  ])('does nothing where a drop is refused for its %s', async (_, look, error) => {
    const { promote, done } = await world({}, { '/w/two': look });
    await expect(promote({ drop: ['/w/two'] })).rejects.toMatchObject(error);
    expect(done).toEqual([]);
  });

  it('may drop the attempt itself: its commits are in the base by then', async () => {
    const losses = [{ kind: 'unpushed' as const, count: 2, examples: [] }];
    const { promote, done } = await world({}, { '/w/one': { losses } });
    await promote({ drop: ['/w/one'] });
    expect(done).toEqual(['merge', 'delete /w/one [] keep']);
  });

  it('drops the attempt itself last, so that one that was cut off can be said again', async () => {
    const { promote, done } = await world();
    await promote({ drop: ['/w/one', '/w/two'] });
    expect(done.map((each) => each.split(' ').slice(0, 2).join(' '))).toEqual([
      'merge',
      'delete /w/two',
      'delete /w/one',
    ]);
  });

  it('is not done with other commits than a person saw, nor twice at once, nor after it was cancelled', async () => {
    const { promote, done, look, locks } = await world();
    for (const seen of [
      { ...look, tip: 'e'.repeat(40) },
      { ...look, from: 'e'.repeat(40) },
    ])
      await expect(promote({ seen })).rejects.toMatchObject({
        code: 'conflict',
        remedy: { action: { kind: 'retry' } },
      });
    const held = await locks.acquire('promote 0123456789ab main', 'another');
    await expect(promote()).rejects.toMatchObject({ code: 'conflict' });
    await held.release();
    await expect(promote({}, { ...run, signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
    expect(done).toEqual([]);
  });

  it('refuses itself as a base, the base and the main worktree as a drop, and what is no worktree', async () => {
    const { plan } = await world();
    await expect(plan({ base: 'one' })).rejects.toMatchObject({ code: 'invalidInput' });
    await expect(plan({ drop: ['/repo'] })).rejects.toMatchObject({ code: 'invalidInput' });
    await expect(plan({ base: 'two', drop: ['/w/two'] })).rejects.toMatchObject({ code: 'invalidInput' });
    await expect(plan({ drop: ['/w/nobody'] })).rejects.toMatchObject({ code: 'notFound' });
  });

  const changed = async (what: 'place' | 'source', change: object): Promise<Partial<MergeLook>> => {
    const { look } = await world();
    return { [what]: { ...look[what], ...change } };
  };
  const oneWith = async (what: 'place' | 'source', change: object): Promise<Partial<MergeLook>> => {
    const { look } = await world();
    return { [what]: { ...look[what], worktree: { ...look[what]?.worktree, ...change } } };
  };
  it.each<[kind: string, text: RegExp, change: () => Promise<Partial<MergeLook>>]>([
    ['uncommitted', /^3 files in \/w\/one are not committed/, () => changed('source', { changed: 1, untracked: 2 })],
    ['operation', /^A rebase of one is under way/, () => changed('source', { operations: ['rebase'] })],
    ['beingMade', /still being made/, () => oneWith('source', { beingMade: 'id' })],
    ['gone', /^The folder \/repo, where main is checked out, is not there/, () => oneWith('place', { prunable: 'x' })],
    ['locked', /is locked \(mine\)/, () => oneWith('place', { locked: 'mine' })],
    ['operation', /^A merge is under way in \/repo/, () => changed('place', { operations: ['merge'], changed: 2 })],
    [
      'baseChanged',
      /^1 file in \/repo, where main is checked out, has changes/,
      () => changed('place', { changed: 1 }),
    ],
    ['inTheWay', /write over 1 file that git does not track: x\. Move it/, () => changed('place', { inTheWay: ['x'] })],
    ['conflicts', /in conflict: a, b, c, d, e and 1 more\./, async () => ({ conflicts: [...'abcdef'] })],
    ['unrelated', /no commit in common/, async () => ({ isUnrelated: true })],
    ['forbidden', /^The setting merge\.ff lets nothing/, async () => ({ forbiddenBy: 'merge.ff' })],
    [
      'needsWorktree',
      /checked out in no worktree, and the hook commit-msg must be heeded/,
      async () => ({ place: undefined, needsWorktree: ['the hook commit-msg'] }),
    ],
  ])('is not done for %s: %s', async (kind, text, change) => {
    const { plan, promote, done } = await world(await change());
    const { obstacles } = await plan();
    expect(obstacles.map((each) => each.kind)).toEqual([kind]);
    expect(obstacles[0]?.text).toMatch(text);
    await expect(promote()).rejects.toMatchObject({
      code: 'conflict',
      message: `one was not taken into main. ${obstacles[0]?.text}`,
      ...(obstacles[0]?.path === undefined ? {} : { remedy: { action: { kind: 'openWorktree' } } }),
    });
    expect(done).toEqual([]);
    if (kind !== 'uncommitted') return;
    await promote({ committedOnly: true });
    expect(done).toEqual(['merge']);
  });
});
