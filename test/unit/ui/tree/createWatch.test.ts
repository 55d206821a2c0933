import { describe, expect, it } from 'vitest';
import type { CreateRequest } from '../../../../src/app/environment/requests';
import type { Progress } from '../../../../src/app/run/run';
import type { Snapshot } from '../../../../src/core/model';
import { toItem } from '../../../../src/ui/tree/item';
import { CreateWatch, type RunningCreate } from '../../../../src/ui/tree/createWatch';
import { toTree } from '../../../../src/ui/tree/nodes';
import { anEntry, anEnvironment, anIdentity, aSnapshot, aWorktree, bareMain, soonAfter } from '../builders';

const made: RunningCreate = { branch: 'feature', folder: undefined, step: 'Clone the database' };

function rows(snapshot: Snapshot, making: readonly RunningCreate[]): string[][] {
  const { nodes, children } = toTree(snapshot, ['/repo'], [], { making, now: soonAfter });
  return (children.get(undefined) ?? []).map((id) => {
    const node = nodes.get(id);
    const { label, description, accessibleName, icon } = node ? toItem(node) : {};
    return [label, description, accessibleName, icon?.name].map(String);
  });
}

describe('a worktree that this window makes', () => {
  const main = [
    'main',
    'no environment · this window',
    'Worktree main, no environment, in this window',
    'circle-large-outline',
  ];
  const creating = 'creating: Clone the database';

  it('has one row from the first moment, with its step: also the first of all', () => {
    const first = aSnapshot({ entries: [bareMain] });
    expect(rows(first, [{ ...made, step: '' }])).toEqual([
      ['feature', 'creating', 'Worktree feature, creating', 'loading~spin'],
      main,
    ]);
    const own = ['feature', creating, `Worktree feature, ${creating}`, 'loading~spin'];
    expect(rows(first, [made])).toEqual([own, main]);
    // Its namespace is there, and no worktree claims it yet.
    const orphans = [{ ...anEnvironment({ services: [] }), isBeingCreated: true }];
    expect(rows({ ...first, orphans }, [made])).toEqual([own, main]);
    expect(rows({ ...first, orphans }, [{ ...made, branch: 'origin/feature' }])).toHaveLength(2);
    expect(rows({ ...first, orphans }, [])).toHaveLength(2);
  });

  it('is the row of the worktree as soon as that is there', () => {
    const identity = anIdentity({ state: 'creating' });
    const entry = anEntry({ environment: undefined, identity, work: 'creating' });
    const orphans = [{ ...anEnvironment({ services: [] }), isBeingCreated: true }];
    const row = [
      'feature',
      `${creating} · 3m`,
      `Worktree feature, ${creating}, last worked on 3 minutes ago`,
      'sync~spin',
    ];
    for (const branch of ['feature', 'origin/feature'])
      expect(rows(aSnapshot({ entries: [bareMain, entry], orphans }), [{ ...made, branch }])).toEqual([main, row]);
  });

  it('is an update where it has an environment', () => {
    const update = { branch: undefined, folder: '/repo.worktrees/feature', step: 'Build images' };
    const other = anEntry({ worktree: aWorktree({ branch: 'other', path: '/other' }) });
    const all = rows(aSnapshot({ entries: [bareMain, anEntry(), other] }), [update]);
    expect(all.map(([, description]) => description)).toContain(
      'updating: Build images 1/1 · 3m'.replace(' 1/1', ' · 1/1'),
    );
    expect(all.filter(([, description]) => description?.startsWith('updating'))).toHaveLength(1);
  });
});

it('follows a create from its begin to its end, whichever that is, and tells a step once', async () => {
  const drawn: (string | undefined)[] = [];
  const making: CreateWatch = new CreateWatch(() => void drawn.push(making.all[0]?.step));
  const news = (state: Progress['state'], title: string, detail?: string): Progress => ({
    ...{ step: title, title, state, finished: 0, total: 2 },
    ...(detail === undefined ? {} : { detail }),
  });
  const heard: string[] = [];
  const create = making.followed(async (_request: CreateRequest, { report }) => {
    report(news('running', 'One'));
    report(news('running', 'One', 'a line'));
    report(news('done', 'One'));
    report(news('running', 'Two'));
    throw new Error('no room');
  });
  const request: CreateRequest = { folder: '/repo', target: { kind: 'branch', branch: 'feature' } };
  const run = { signal: new AbortController().signal, report: ({ title }: Progress) => void heard.push(title) };
  await expect(create(request, run)).rejects.toThrow('no room');
  expect(drawn).toEqual(['', 'One', 'Two', undefined]);
  expect(heard).toEqual(['One', 'One', 'One', 'Two']);
  expect(making.all).toEqual([]);
});
