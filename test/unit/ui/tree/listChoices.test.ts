import { beforeEach, describe, expect, it } from 'vitest';
import { toTree } from '../../../../src/ui/tree/nodes';
import type { ReadUsages } from '../../../../src/ui/tree/usageOf';
import { ListChoices } from '../../../../src/ui/tree/listChoices';
import { aMemento } from '../../../support/aMemento';
import { anEntry, anEnvironment, aSnapshot, aWorktree, bareMain } from '../builders';

let kept: ConstructorParameters<typeof ListChoices>[0];
let drawn: number;
let reads: number;

beforeEach(() => {
  kept = { ofPerson: aMemento(), ofWindow: aMemento() };
  drawn = 0;
  reads = 0;
});

function aList(read: ReadUsages = async () => undefined): ListChoices {
  return new ListChoices(
    kept,
    () => (reads++, read()),
    () => void drawn++,
  );
}

const named = (branch: string) =>
  anEntry({
    worktree: aWorktree({ branch, path: `/repo.worktrees/${branch}` }),
    environment: anEnvironment({ namespace: `worktree-${branch}` }),
  });

describe('how worktrees are listed', () => {
  it('is kept: the order for the person, the filter for the window', async () => {
    const list = aList();
    expect([list.sort, list.filter]).toEqual(['attention', undefined]);
    await list.sortBy('name');
    await list.show('failing');
    expect(drawn).toBe(2);
    const again = aList();
    expect([again.sort, again.filter]).toEqual(['name', 'failing']);
    kept = { ...kept, ofWindow: aMemento() };
    expect([aList().sort, aList().filter]).toEqual(['name', undefined]);
    await again.show(undefined);
    expect(again.filter).toBeUndefined();
  });

  it('takes nothing that it does not know from what is kept', async () => {
    await kept.ofPerson.update('worktrees.sort', 'colour');
    await kept.ofWindow.update('worktrees.filter', ['failing']);
    expect([aList().sort, aList().filter]).toEqual(['attention', undefined]);
  });

  it('asks what environments use only for the order by memory, and keeps what it knew while nobody tells', async () => {
    let told: Awaited<ReturnType<ReadUsages>> = new Map([
      ['worktree-a', { cpuCores: 0, memoryBytes: 1 }],
      ['worktree-b', { cpuCores: 0, memoryBytes: 2 }],
    ]);
    const list = aList(async () => told);
    await list.measure();
    expect(reads).toBe(0);
    await list.sortBy('memory');
    expect(reads).toBe(1);
    const names = (): readonly string[] =>
      toTree(aSnapshot({ entries: [named('a'), bareMain, named('b')] }), [], [], list.order).children.get(undefined) ??
      [];
    const byMemory = ['worktree:/repo.worktrees/b', 'worktree:/repo.worktrees/a', 'worktree:/repo'];
    expect(names()).toEqual(byMemory);
    told = undefined;
    await list.measure();
    expect(names()).toEqual(byMemory);
    const failing = aList(async () => {
      throw new Error('no answer');
    });
    await failing.measure();
    expect(reads).toBe(3);
  });
});

it('a filter leaves rows of worktrees alone, and none of them in a group', () => {
  const bare = ['a', 'b', 'c', 'd'].map((branch) => ({
    ...named(branch),
    environment: undefined,
    identity: undefined,
    agents: [{ program: 'claude-code', session: 's', state: 'idle', since: 5 } as const],
  }));
  const infra = anEnvironment({ namespace: 'infra' });
  const orphans = [{ ...anEnvironment({ namespace: 'worktree-old' }), isBeingCreated: false }];
  const snapshot = aSnapshot({ entries: [bareMain, named('z'), ...bare], infra, orphans });
  const { children, nodes } = toTree(snapshot, ['/repo'], [], { filter: 'agents', sort: 'name' });
  expect(children.get(undefined)).toEqual(['a', 'b', 'c', 'd'].map((name) => `worktree:/repo.worktrees/${name}`));
  expect(nodes.has('infra')).toBe(false);
  // What says why nothing is as it should be is said all the same.
  const without = { ...snapshot, hasEnvironmentFile: false };
  expect(toTree(without, [], [], { filter: 'failing' }).children.get(undefined)).toEqual(['noEnvironmentFile']);
});
