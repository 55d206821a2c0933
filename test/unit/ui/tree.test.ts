import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../src/core/model';
import { changedRows } from '../../../src/ui/tree/difference';
import { toItem } from '../../../src/ui/tree/item';
import { actionsOf } from '../../../src/ui/statusBar/actions';
import { statusBarText } from '../../../src/ui/statusBar/statusBarText';
import { statusText } from '../../../src/ui/status/statusText';
import { toTree as toTreeAt, type Tree, type TreeNode } from '../../../src/ui/tree/nodes';
import type { EnvironmentUsage } from '../../../src/core/ports/usages';
import { WorktreesTree } from '../../../src/ui/tree/provider';
import { toMarkdown } from '../../../src/ui/tree/treeItem';
import {
  anEntry,
  anEnvironment,
  anIdentity,
  aService,
  aSnapshot,
  aStatus,
  aWorktree,
  bareMain,
  hostileTexts,
  offline,
  soonAfter,
} from './builders';

const here = ['/repo.worktrees/feature'];
const toTree = (snapshot: Snapshot, folders: readonly string[]): Tree =>
  toTreeAt(snapshot, folders, [], { now: soonAfter });

function node(tree: Tree, id: string): TreeNode {
  const found = tree.nodes.get(id);
  if (!found) throw new Error(`no row ${id}; there are ${[...tree.nodes.keys()].join(', ')}`);
  return found;
}

describe('rows', () => {
  it('are the worktrees, and under each its services, URLs, database and folder', () => {
    const services = [
      aService({ name: 'backend', urls: ['http://feature.localhost:8080/api'] }),
      aService({ name: 'frontend', urls: ['http://feature.localhost:8080/'] }),
    ];
    const tree = toTree(
      aSnapshot({ entries: [bareMain, anEntry({ environment: anEnvironment({ services }) })] }),
      here,
    );
    expect(tree.children.get(undefined)).toEqual(['worktree:/repo.worktrees/feature', 'worktree:/repo']);
    expect(tree.children.get('worktree:/repo.worktrees/feature')).toEqual([
      'worktree:/repo.worktrees/feature#service:backend',
      'worktree:/repo.worktrees/feature#service:frontend',
      'worktree:/repo.worktrees/feature#url:http://feature.localhost:8080/',
      'worktree:/repo.worktrees/feature#url:http://feature.localhost:8080/api',
      'worktree:/repo.worktrees/feature#database',
      'worktree:/repo.worktrees/feature#folder',
    ]);
  });

  it('have none of a database that nobody asked for', () => {
    const entry = anEntry({ environment: anEnvironment({ database: undefined }) });
    expect(entry.identity?.parts.database?.database).toBe('wt_feature');
    const tree = toTree(aSnapshot({ entries: [entry] }), here);
    expect(tree.nodes.has('worktree:/repo.worktrees/feature#database')).toBe(false);
  });

  it('are none while there is only a main worktree without an environment, so that the welcome text shows', () => {
    expect(toTree(aSnapshot({ entries: [bareMain] }), []).nodes.size).toBe(0);
    expect(
      toTree(aSnapshot({ entries: [bareMain], orphans: [{ ...anEnvironment(), isBeingCreated: false }] }), []).nodes
        .size,
    ).toBeGreaterThan(0);
    const damaged = '/repo/.git/coppice.json was written by a newer Coppice.';
    const tree = toTree(aSnapshot({ entries: [{ ...bareMain, damaged }] }), []);
    expect(toItem(node(tree, 'worktree:/repo')).tooltip).toContainEqual(['', damaged]);
  });

  it('say first that the cluster is offline or that there is no environment file', () => {
    const tree = toTree(aSnapshot({ cluster: offline, hasEnvironmentFile: false }), []);
    expect(tree.children.get(undefined)?.slice(0, 2)).toEqual(['offline', 'noEnvironmentFile']);
    const item = toItem(node(tree, 'offline'));
    expect(item.description).toMatch(/^since \d\d:\d\d, showing the last known state$/);
    expect(item.tooltip).toContainEqual(['Reason', 'ECONNREFUSED']);
  });

  it('say that the cluster is outdated, with a restart as the way out', () => {
    const outdatedCluster = { running: '0.1.0', own: '0.2.0' };
    const tree = toTree(aSnapshot({ outdatedCluster }), []);
    expect(tree.children.get(undefined)?.[0]).toBe('outdatedCluster');
    expect(toItem(node(tree, 'outdatedCluster'))).toMatchObject({
      label: 'Cluster is outdated',
      description: '0.1.0, a restart makes it 0.2.0',
      contextValue: 'outdatedCluster;',
    });
    expect(actionsOf(anEntry(), aSnapshot({ outdatedCluster }))[0]?.command).toBe('coppice.restartCluster');
    expect(statusBarText(aSnapshot({ outdatedCluster }), anEntry())?.tooltip).toContainEqual([
      '',
      'The embedded cluster still runs version 0.1.0; restarted, it is 0.2.0.',
    ]);
  });

  it('end with the environments that nobody claims', () => {
    const orphan = {
      ...anEnvironment({ namespace: 'worktree-old', ref: 'refs/heads/old' }),
      isBeingCreated: false,
    };
    const tree = toTree(aSnapshot({ orphans: [orphan] }), []);
    expect(tree.children.get(undefined)?.at(-1)).toBe('orphan:worktree-old');
    expect(toItem(node(tree, 'orphan:worktree-old'))).toMatchObject({ label: 'old', contextValue: 'orphan;' });
    const young = toTree(aSnapshot({ orphans: [{ ...orphan, isBeingCreated: true }] }), []);
    expect(toItem(node(young, 'orphan:worktree-old'))).toMatchObject({
      description: 'creating',
      contextValue: 'orphan;creating;',
    });
  });
});

describe('a worktree row', () => {
  const worktreeItem = (entry = anEntry(), snapshot = aSnapshot({ entries: [entry] }), folders: string[] = []) =>
    toItem(node(toTree(snapshot, folders), `worktree:${entry.worktree.path}`));

  it('tells health, readiness, distance and changes', () => {
    const services = [aService({ name: 'a' }), aService({ name: 'b', ready: 2, desired: 2 }), aService({ name: 'c' })];
    const status = aStatus({ changed: 3, untracked: 1, ahead: 1, behind: 2 });
    const item = worktreeItem(anEntry({ status, environment: anEnvironment({ services }) }));
    expect(item.label).toBe('feature');
    expect(item.description).toBe('3/3 ↑1 ↓2 ●4 · 3m');
    expect(item.accessibleName).toBe(
      'Worktree feature, healthy, 3 of 3 services healthy, 1 commit ahead, 2 commits behind, 4 changed files, last worked on 3 minutes ago',
    );
  });

  it('tells that the worktree was moved from under its services, and the way out', () => {
    const entry = anEntry({ movedFrom: '/old/feature' });
    const item = worktreeItem(entry);
    expect(item.description).toBe('1/1 · moved, not updated since · 3m');
    expect(item.tooltip).toContainEqual(['Services started for', '/old/feature']);
    expect(item.tooltip.at(-1)?.[1]).toContain('"Update Environment"');
    const update = actionsOf(entry, aSnapshot()).find(({ command }) => command === 'coppice.updateEnvironment');
    expect(update?.detail).toBe('brings its services along to the new folder');
    expect(statusText(aSnapshot({ entries: [entry] }), entry)).toMatch(
      /Moved +services were started for \/old\/feature: /,
    );
  });

  it('counts the services that are healthy, not pods that outlive a crashing one', () => {
    const crashing = aService({ name: 'b', health: 'degraded', state: 'CrashLoopBackOff', ready: 1, desired: 1 });
    const environment = anEnvironment({ health: 'degraded', services: [aService({ name: 'a' }), crashing] });
    expect(worktreeItem(anEntry({ environment })).description).toBe('1/2 · b failing · 3m');
  });

  it('says that there is no environment only where there could be one', () => {
    const row = (snapshot = aSnapshot()) => toItem(node(toTree(snapshot, []), 'worktree:/repo')).description;
    expect(row()).toBe('no environment');
    expect(row(aSnapshot({ hasEnvironmentFile: false }))).toBe('');
  });

  it('marks the worktree of the window and opens it', () => {
    const item = worktreeItem(anEntry(), aSnapshot(), ['/repo.worktrees/feature/sub/folder']);
    expect(item.description).toBe('1/1 · 3m · this window');
    expect(item.collapsible).toBe('expanded');
    expect(worktreeItem(anEntry(), aSnapshot(), ['/repo.worktrees/feature-2']).collapsible).toBe('collapsed');
  });

  it.each([
    ['progressing', 'starting', 'sync~spin'],
    ['degraded', 'degraded', 'error'],
    ['stopped', 'stopped', 'circle-slash'],
    ['asleep', 'asleep', 'debug-pause'],
  ] as const)('shows %s', (health, word, icon) => {
    const item = worktreeItem(anEntry({ environment: anEnvironment({ health }) }));
    expect(item.accessibleName.split(', ')[1]).toBe(word);
    // Of one that is degraded the icon says it, and the count how far.
    expect(item.description.split(' · ')[0]).toBe(word === 'degraded' ? '1/1' : word);
    expect(item.icon.name).toBe(icon);
  });

  it('tells an environment that is deleted, one that is gone, and a folder that is gone', () => {
    expect(worktreeItem(anEntry({ environment: anEnvironment({ terminating: true }) })).description).toBe(
      'deleting · 3m',
    );
    expect(worktreeItem(anEntry({ environment: undefined })).description).toBe('environment is gone · 3m');
    const gone = worktreeItem(
      anEntry({ worktree: aWorktree({ prunable: 'gitdir file points to non-existent location' }) }),
    );
    expect(gone.description).toMatch(/^folder is gone/);
    expect(gone.contextValue).toMatch(/;gone;$/);
  });

  it('tells an environment of another cluster as such, and offers neither to make nor to open one', () => {
    const elsewhere = { kind: 'context', context: 'k3d-a', server: 'https://127.0.0.1:1' } as const;
    const entry = anEntry({ environment: undefined, elsewhere });
    const clusterIdentity = { kind: 'embedded' } as const;
    for (const cluster of [{ state: 'online' }, offline] as const) {
      const item = worktreeItem(entry, aSnapshot({ entries: [bareMain, entry], cluster, clusterIdentity }));
      expect(item.description).toBe('in another cluster · 3m');
      expect(item.contextValue).toBe('worktree;linked;claimed;standing;');
      expect(item.tooltip).toContainEqual(['', 'Its environment lives in "k3d-a" (https://127.0.0.1:1).']);
      expect(item.tooltip).toContainEqual(['Cluster', 'the embedded cluster']);
    }
  });

  it('tells an environment that is not made yet, and offers to go on with it', () => {
    const item = worktreeItem(anEntry({ environment: undefined, identity: anIdentity({ state: 'creating' }) }));
    expect(item.description).toBe('creating · 3m');
    expect(item.contextValue).toContain(';envless;');
    const environment = anEnvironment({ health: 'unknown', services: [] });
    expect(worktreeItem(anEntry({ environment, identity: anIdentity({ state: 'creating' }) })).description).toBe(
      'creating · 3m',
    );
  });

  it('offers the one create where one was cut off, also when that has claimed the namespace', () => {
    const identity = anIdentity({ state: 'creating' });
    for (const environment of [undefined, anEnvironment({ health: 'unknown', services: [] })]) {
      const entry = anEntry({ environment, identity, work: 'createCutOff' });
      const snapshot = aSnapshot({ entries: [bareMain, entry] });
      const item = worktreeItem(entry, snapshot);
      expect(item.tooltip).toContainEqual(['', '"Create Environment" finishes it.']);
      expect(item.contextValue).toContain(';envless;');
      expect(item.contextValue).not.toContain(';updatable;');
      const offered = actionsOf(entry, snapshot).map(({ command }) => command);
      expect(offered).toContain('coppice.createEnvironment');
      expect(offered).not.toContain('coppice.updateEnvironment');
    }
    // What runs is updated.
    const running = anEntry({ identity, work: 'createCutOff' });
    expect(worktreeItem(running).contextValue).toContain(';updatable;');
    expect(worktreeItem(running).contextValue).not.toContain(';envless;');
  });

  it('does not call an environment gone that the cluster has not been asked about', () => {
    const entry = anEntry({ environment: undefined });
    const described = (cluster: Snapshot['cluster']): string =>
      worktreeItem(entry, aSnapshot({ entries: [entry], cluster })).description;
    expect(described({ state: 'idle' })).toBe('not known yet · 3m');
    expect(described({ state: 'connecting' })).toBe('not known yet · 3m');
    expect(described(offline)).toBe('offline · 3m');
  });

  it('shows the last known state without colour and without motion', () => {
    const entry = anEntry({ environment: anEnvironment({ health: 'progressing' }) });
    const { icon } = worktreeItem(entry, aSnapshot({ entries: [entry], cluster: offline }));
    expect(icon).toEqual({ name: 'sync', color: 'disabledForeground' });
  });

  it('has the tokens that menus look for', () => {
    const url = aService({ urls: ['http://feature.localhost/'] });
    expect(worktreeItem(anEntry({ environment: anEnvironment({ services: [url] }) })).contextValue).toBe(
      'worktree;linked;env;updatable;awake;database;claimed;url;standing;',
    );
    const without = anEntry({ environment: anEnvironment({ database: undefined }) });
    expect(worktreeItem(without).contextValue).not.toContain(';database;');
    const bare = anEntry({ environment: undefined, identity: undefined });
    expect(worktreeItem(bare, aSnapshot({ entries: [bareMain, bare] })).contextValue).toBe(
      'worktree;linked;envless;standing;',
    );
  });
});

describe('a service row', () => {
  const serviceItem = (change: Parameters<typeof aService>[0]) => {
    const entry = anEntry({ environment: anEnvironment({ services: [aService(change)] }) });
    const tree = toTree(aSnapshot({ entries: [entry] }), []);
    return toItem(node(tree, `worktree:${entry.worktree.path}#service:${aService(change).name}`));
  };

  it('tells state, reason and restarts', () => {
    const item = serviceItem({
      health: 'degraded',
      state: 'CrashLoopBackOff',
      reason: 'exit code 3: boom',
      ready: 0,
      restarts: 4,
    });
    expect(item.description).toBe('boom · crashed ×4');
    expect(item.icon.name).toBe('error');
    expect(serviceItem({})).toMatchObject({ description: '', accessibleName: 'Service backend, Running' });
    expect(serviceItem({ ready: 2, desired: 3 }).description).toBe('2/3');
  });

  it.each(hostileTexts)('shows %j as text', (text) => {
    const item = serviceItem({ reason: text, health: 'degraded', name: text });
    expect(item.description).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
    expect(item.label).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
  });

  it('cuts a reason that would fill the screen', () => {
    expect(serviceItem({ reason: 'x'.repeat(5000) }).description.length).toBeLessThanOrEqual(160);
  });
});

describe('URL rows', () => {
  it('tell the path, and the host in the tooltip and to a screen reader', () => {
    const urls = ['/', '/api', '/graphql'].map((path) => `http://feature.localhost:8080${path}`);
    const entry = anEntry({ environment: anEnvironment({ services: [aService({ urls })] }) });
    const items = [...toTree(aSnapshot({ entries: [entry] }), []).nodes.values()]
      .filter(({ kind }) => kind === 'url')
      .map(toItem);
    expect(items.map(({ label }) => label)).toEqual(['/', '/api', '/graphql']);
    expect(items[1]).toMatchObject({
      description: 'backend',
      accessibleName: 'URL http://feature.localhost:8080/api of the service backend',
    });
    const apiOnly = anEntry({ environment: anEnvironment({ services: [aService({ urls: urls.slice(1) })] }) });
    const labels = [...toTree(aSnapshot({ entries: [apiOnly] }), []).nodes.values()]
      .filter(({ kind }) => kind === 'url')
      .map((row) => toItem(row).label);
    expect(labels).toEqual(['/api', '/graphql']);
    expect(items[1]?.tooltip).toContainEqual(['', 'http://feature.localhost:8080/api']);
  });
});

describe('tooltips', () => {
  it.each(hostileTexts)('show %j as text', (text) => {
    const markdown = toMarkdown([
      ['', text],
      ['Reason', text],
    ]);
    expect(markdown.isTrusted).toBe(false);
    expect(markdown.supportHtml).toBe(false);
    expect(markdown.supportThemeIcons).toBe(false);
    expect(markdown.value).not.toMatch(/(?<!\\)[[\]<>*`]/);
  });
});

describe('what is drawn anew', () => {
  const before = toTree(aSnapshot(), []);

  it('is nothing when nothing that is shown changed', () => {
    expect(changedRows(before, toTree(aSnapshot(), []))).toEqual([]);
  });

  it('is the row that changed', () => {
    const services = [aService({ reason: 'x' })];
    const after = toTree(aSnapshot({ entries: [bareMain, anEntry({ environment: anEnvironment({ services }) })] }), []);
    expect(changedRows(before, after)).toEqual(['worktree:/repo.worktrees/feature#service:backend']);
  });

  it('is the worktree when a row under it came or went', () => {
    const services = [aService(), aService({ name: 'worker' })];
    const after = toTree(aSnapshot({ entries: [bareMain, anEntry({ environment: anEnvironment({ services }) })] }), []);
    expect(changedRows(before, after)).toEqual(['worktree:/repo.worktrees/feature']);
    expect(changedRows(after, before)).toEqual(['worktree:/repo.worktrees/feature']);
  });

  it('is everything when a worktree came or went', () => {
    const third = anEntry({ worktree: aWorktree({ path: '/other' }), environment: undefined, identity: undefined });
    expect(changedRows(before, toTree(aSnapshot({ entries: [bareMain, anEntry(), third] }), []))).toBe('all');
  });

  it('is told to the editor once a snapshot, by the ids it knows', () => {
    const provider = new WorktreesTree();
    const heard: unknown[] = [];
    provider.onDidChangeTreeData((change) => heard.push(change));
    provider.show(before);
    provider.show(toTree(aSnapshot(), []));
    provider.show(toTree(aSnapshot({ entries: [bareMain, anEntry({ status: aStatus({ changed: 1 }) })] }), []));
    expect(heard).toEqual([undefined, ['worktree:/repo.worktrees/feature']]);
    expect(provider.getChildren()).toEqual(['worktree:/repo.worktrees/feature', 'worktree:/repo']);
    expect(provider.getParent('worktree:/repo.worktrees/feature#folder')).toBe('worktree:/repo.worktrees/feature');
    expect(provider.getTreeItem('worktree:/repo.worktrees/feature')).toMatchObject({
      id: 'worktree:/repo.worktrees/feature',
      label: 'feature',
      description: '1/1 ●1 · 3m',
    });
  });

  it('has what an environment uses in its tooltip, asked for only when somebody points at the row', async () => {
    const row = 'worktree:/repo.worktrees/feature';
    const asked: string[] = [];
    let usage: EnvironmentUsage | undefined = { cpuCores: 0.254, memoryBytes: 300 * 2 ** 20 };
    const provider = new WorktreesTree(async (namespace) => (asked.push(namespace), usage));
    provider.show(before);
    const item = provider.getTreeItem(row);
    expect([item.tooltip, asked]).toEqual([undefined, []]);
    const text = async (): Promise<string> => {
      const { tooltip } = await provider.resolveTreeItem(item, row);
      return typeof tooltip === 'object' ? tooltip.value : '';
    };
    expect(await text()).toMatch(/Uses: 300 MiB of memory, 0\\?\.25 processors/);
    expect(asked).toEqual(['worktree-feature']);
    usage = undefined;
    expect(await text()).not.toContain('Uses');
    expect(await text()).not.toBe('');
    // Where nothing runs nobody is asked.
    expect(provider.getTreeItem('worktree:/repo').tooltip).toBeDefined();
  });
});
