import { describe, expect, it } from 'vitest';
import type { Health, WorktreeEntry } from '../../../../src/core/model';
import { toItem } from '../../../../src/ui/tree/item';
import { toTree, type Tree } from '../../../../src/ui/tree/nodes';
import { toTreeItem } from '../../../../src/ui/tree/treeItem';
import { treeRows } from '../../../../manifest/treeRows';
import { changedRows } from '../../../../src/ui/tree/difference';
import { anEntry, anEnvironment, aService, aSnapshot, aWorktree, bareMain } from '../builders';

/** How many rows of a view a person sees without scrolling, in the side bar of a window of 800 pixels. */
const inSight = 26;

const environments = 6;

/** Thirty worktrees in git's order: the six with environments come last, and the last of them fails. */
function many(failing: number): WorktreeEntry[] {
  const bare = Array.from({ length: 30 - environments - 1 }, (_, index) =>
    named(`task-${index + 1}`, { environment: undefined, identity: undefined }),
  );
  const services = ['frontend', 'backend', 'worker'].map((name) =>
    aService({ name, urls: [`http://x.localhost/${name}`] }),
  );
  const running = Array.from({ length: environments }, (_, index) => {
    const health: Health = index === failing ? 'degraded' : 'healthy';
    return named(`agent-${index + 1}`, { environment: anEnvironment({ health, services }) });
  });
  return [bareMain, ...bare, ...running];
}

function named(branch: string, change: Partial<WorktreeEntry>): WorktreeEntry {
  return anEntry({ worktree: aWorktree({ branch, path: `/repo.worktrees/${branch}` }), ...change });
}

/** The rows that are drawn when the view is opened, from the top. */
function drawn({ nodes, children }: Tree, parent?: string): string[] {
  return (children.get(parent) ?? []).flatMap((id) => {
    const node = nodes.get(id);
    const isOpen = node !== undefined && toItem(node).collapsible === 'expanded';
    return [id, ...(isOpen ? drawn({ nodes, children }, id) : [])];
  });
}

it('a row whose environment goes by itself soon has the menu that keeps it, and no other has', () => {
  const entries = [named('a', { goes: { what: 'environment', after: 0 } }), named('b', {})];
  const { nodes } = toTree(aSnapshot({ entries: [bareMain, ...entries] }), ['/repo']);
  const contexts = ['a', 'b'].map((name) => {
    const node = nodes.get(`worktree:/repo.worktrees/${name}`);
    return node && toItem(node).contextValue;
  });
  expect(contexts.map((each) => each !== undefined && new RegExp(treeRows.worktreeGoing).test(each))).toEqual([
    true,
    false,
  ]);
});

describe('thirty worktrees of which six have an environment', () => {
  it.each(['/repo', '/repo.worktrees/agent-1', '/repo.worktrees/task-9'])(
    'show the one that fails without scrolling in a window on %s',
    (folder) => {
      const tree = toTree(aSnapshot({ entries: many(5) }), [folder]);
      const rows = drawn(tree).slice(0, inSight);
      expect(rows[0]).toBe(`worktree:${folder}`);
      expect(rows).toContain('worktree:/repo.worktrees/agent-6');
      // It is the first after the window's own.
      expect(tree.children.get(undefined)?.[1]).toBe('worktree:/repo.worktrees/agent-6');
    },
  );

  it('end with one row for those without one, as a person counts', () => {
    const tree = toTree(aSnapshot({ entries: many(0) }), ['/repo.worktrees/agent-1']);
    const top = tree.children.get(undefined) ?? [];
    expect(top).toHaveLength(environments + 2);
    const group = tree.nodes.get(top.at(-1) ?? '');
    expect(group && toItem(group)).toMatchObject({
      label: 'Without Environment',
      description: '23',
      collapsible: 'collapsed',
      accessibleName: '23 worktrees without an environment',
      contextValue: 'bareGroup;',
    });
    const inGroup = tree.children.get(group?.id) ?? [];
    expect(inGroup.slice(0, 3)).toEqual([1, 2, 3].map((index) => `worktree:/repo.worktrees/task-${index}`));
    expect(tree.nodes.get(inGroup[0] ?? '')?.parent).toBe(group?.id);
  });

  it('are drawn anew where one of the group gets an environment', () => {
    const before = toTree(aSnapshot({ entries: many(0) }), []);
    const entries = many(0).map((entry) =>
      entry.worktree.branch === 'task-3' ? { ...anEntry(), worktree: entry.worktree } : entry,
    );
    expect(changedRows(before, toTree(aSnapshot({ entries }), []))).toBe('all');
  });
});

describe('what a click and Enter do', () => {
  const services = [aService({ urls: ['http://x.localhost/'] })];
  const entry = named('a', { environment: anEnvironment({ services }) });
  const infra = anEnvironment({ namespace: 'infra', services: [aService({ name: 'grafana' })] });
  const { nodes } = toTree(aSnapshot({ entries: [bareMain, entry], infra }), ['/repo']);
  const items = [...nodes.values()].map(toItem);

  it('is to show the log of a service and to open a URL; nothing else happens by a click', () => {
    const opens = items.filter(({ opens: what }) => what !== undefined);
    expect(opens.map(({ id, opens: what }) => [id, what])).toEqual([
      ['worktree:/repo.worktrees/a#service:backend', 'coppice.showLogs'],
      ['worktree:/repo.worktrees/a#url:http://x.localhost/', 'coppice.openUrl'],
      ['infra#service:grafana', 'coppice.showLogs'],
    ]);
    expect(opens.map((data) => toTreeItem(data).command)).toEqual(
      opens.map(({ id, opens: command }) => ({ command, title: 'Open', arguments: [id] })),
    );
  });

  it('is nothing where a row has others below it: a click opens and closes those', () => {
    for (const { id, opens, collapsible } of items) if (collapsible !== 'no') expect(opens, id).toBeUndefined();
  });

  it('every row is said with what it is', () => {
    const said = items.map(({ accessibleName }) => accessibleName);
    expect(said).toEqual([
      expect.stringMatching(/^Worktree main, /),
      expect.stringMatching(/^Folder /),
      expect.stringMatching(/^Worktree a, /),
      expect.stringMatching(/^Service backend, /),
      'URL http://x.localhost/ of the service backend',
      'Database wt_feature',
      'Folder a',
      expect.stringMatching(/^Infra, /),
      expect.stringMatching(/^Service grafana, /),
    ]);
  });
});
