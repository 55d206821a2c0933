import { describe, expect, it } from 'vitest';
import { snapshotJson, statusJson } from '../../../src/app/view/snapshotJson';
import { stateWords } from '../../../src/app/view/stateWords';
import { goneText } from '../../../src/app/view/undoneText';
import { worktreeStates, type WorktreeState } from '../../../src/app/view/worktreeState';
import { wayText } from '../../../src/app/view/wayOut';
import { worktreeView } from '../../../src/app/view/worktreeView';
import { worktreeTable } from '../../../src/cli/table';
import type { Snapshot, UnclaimedEnvironment, WorktreeEntry } from '../../../src/core/model';
import { environmentView } from '../../../src/ui/dashboard/environmentView';
import { statusBarText } from '../../../src/ui/statusBar/statusBarText';
import { statusText } from '../../../src/ui/status/statusText';
import { toItem, type ItemData } from '../../../src/ui/tree/item';
import { toTree as toTreeAt } from '../../../src/ui/tree/nodes';
import {
  anEntry,
  anEnvironment,
  anIdentity,
  aService,
  aSnapshot,
  aWorktree,
  bareMain,
  offline,
  soonAfter,
} from '../ui/builders';

const toTree = (snapshot: Snapshot, folders: readonly string[]) => toTreeAt(snapshot, folders, [], { now: soonAfter });

interface Case {
  readonly entry?: Partial<WorktreeEntry>;
  readonly snapshot?: Partial<Snapshot>;
  /** It is no worktree's. */
  readonly orphan?: UnclaimedEnvironment;
}

const begun = anIdentity({ state: 'creating' });
const gone = { environment: undefined, worktree: aWorktree({ prunable: 'its folder is not there' }) };
const aside = aWorktree({ prunable: 'its folder is not there', setAside: '/repo/.git/coppice-trash/1' });
const crashing = aService({ health: 'degraded', state: 'CrashLoopBackOff', reason: 'exit code 3' });

const lost = 'its namespace a is not in Temporal at 127.0.0.1:7233';

/** One of each, as the snapshot tells it. */
const cases: Readonly<Record<WorktreeState, Case>> = {
  none: { entry: { identity: undefined, environment: undefined } },
  creating: { entry: { identity: begun, environment: undefined, work: 'creating' } },
  createCutOff: { entry: { identity: begun, environment: undefined, work: 'createCutOff' } },
  updating: { entry: { identity: begun, work: 'updating' } },
  healthy: {},
  waiting: {
    entry: {
      environment: anEnvironment({
        parts: [{ part: 'temporalNamespace', title: 'Temporal', name: 'a', detail: lost, waits: lost }],
        temporal: { state: 'missing', why: lost },
      }),
    },
  },
  progressing: { entry: { environment: anEnvironment({ health: 'progressing' }) } },
  degraded: { entry: { environment: anEnvironment({ health: 'degraded', services: [crashing] }) } },
  stopped: { entry: { environment: anEnvironment({ health: 'stopped', services: [aService({ desired: 0 })] }) } },
  asleep: {
    entry: {
      environment: anEnvironment({
        ...{ health: 'asleep' },
        services: [aService({ health: 'asleep', state: 'Asleep', ready: 0, desired: 0 })],
      }),
    },
  },
  noServices: { entry: { environment: anEnvironment({ health: 'unknown', services: [] }) } },
  deleting: {
    entry: {
      environment: anEnvironment({
        health: 'progressing',
        terminating: true,
        heldBy: 'example.com/hold in 1 resource',
      }),
    },
  },
  deleteCutOff: { entry: { worktree: aside, work: 'deleteCutOff' } },
  elsewhere: {
    entry: { environment: undefined, elsewhere: { kind: 'context', context: 'other', server: 'https://x' } },
  },
  missing: { entry: { environment: undefined } },
  offline: { entry: { environment: undefined }, snapshot: { cluster: offline } },
  unknown: { entry: { environment: undefined }, snapshot: { cluster: { state: 'connecting' } } },
  damaged: { entry: { identity: undefined, environment: undefined, damaged: 'coppice.json is no JSON. Repair it.' } },
  folderGone: { entry: gone },
  moved: { entry: { ...gone, worktree: aWorktree({ prunable: 'gone', movedTo: '/elsewhere/feature' }) } },
  orphan: { orphan: { ...anEnvironment({ slug: 'old', ref: 'refs/heads/old' }), isBeingCreated: false } },
};

interface ViewJson {
  readonly view: { readonly state: string; readonly words: string; readonly why: string | null };
}

function rendered({ entry: change = {}, snapshot: more = {}, orphan }: Case) {
  const entry = anEntry(change);
  const entries = orphan ? [bareMain] : [bareMain, entry];
  const snapshot = aSnapshot({ entries, orphans: orphan ? [orphan] : [], ...more });
  const tree = toTree(snapshot, []);
  const row = tree.nodes.get(orphan ? `orphan:${orphan.namespace}` : `worktree:${entry.worktree.path}`);
  if (!row) throw new Error('no such row');
  const json = snapshotJson(snapshot) as { worktrees: ViewJson[]; orphans: ViewJson[] };
  const [told] = orphan ? json.orphans : json.worktrees.slice(1);
  if (!told) throw new Error('not in JSON');
  return { entry, snapshot, orphan, item: toItem(row), json: told, table: worktreeTable(snapshot) };
}

/** The lines of a tooltip, as one text. */
const tooltipOf = ({ tooltip }: Pick<ItemData, 'tooltip'>): string => tooltip.map((line) => line.join(': ')).join('\n');
const capitalized = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

describe.each(worktreeStates)('%s', (state) => {
  const { orphan, item, json, table } = rendered(cases[state]);
  const words = stateWords[state];

  it('has the same words in the tree, for screen readers, in the terminal and in JSON', () => {
    expect(json.view).toMatchObject({ state, words });
    // What the icon says is in the row's name for a screen reader only.
    if (!['healthy', 'degraded'].includes(state)) expect(item.description.split(' · ')[0]).toBe(words);
    expect(item.accessibleName.split(', ')[1]).toBe(words);
    const cells = table.split('\n')[2]?.split(/ {2,}/);
    expect(cells?.[1]).toBe(capitalized(words));
    if (orphan) expect(tooltipOf(item)).toContain(json.view.why);
  });
});

describe.each(worktreeStates.filter((state) => !cases[state].orphan))('%s of a worktree', (state) => {
  const { entry, snapshot, item, json } = rendered(cases[state]);
  const words = stateWords[state];

  it('has them in the status bar, the dashboard and the status document', () => {
    const bar = statusBarText(snapshot, entry);
    expect(bar?.text).toMatch(new RegExp(`^\\$\\([a-z~-]+\\) feature ${words}$`));
    expect(bar?.accessibleName).toBe(`Coppice: feature ${words}`);
    expect(bar?.isError).toBe(state === 'degraded');
    expect(environmentView(snapshot, entry.worktree.path).state.replace(/ \d+\/\d+$/, '')).toBe(words);
    expect(statusText(snapshot, entry)).toMatch(new RegExp(`^ {2}Health +${words}$`, 'm'));
    expect(statusJson(entry, snapshot)).toMatchObject({ view: { state, words } });
  });

  it('says why in the same words, wherever it does', () => {
    const { why } = json.view;
    if (why === null) return;
    expect(statusText(snapshot, entry)).toContain(why);
    // Of a degraded one each service says it in a line, of an offline one the cluster does.
    if (state === 'degraded' || state === 'offline') return;
    expect(tooltipOf(item)).toContain(why);
    expect(tooltipOf(statusBarText(snapshot, entry) ?? { tooltip: [] })).toContain(why);
  });
});

describe('a new environment whose services are held until its files are there', () => {
  const held = aService({ health: 'progressing', state: 'Waiting', ready: 0 });
  const environment = anEnvironment({ health: 'progressing', services: [held, held] });
  const stateOf = (change: Partial<WorktreeEntry>): string =>
    rendered({ entry: { environment, ...change } }).json.view.state;

  it('is being created, or was until that was cut off', () => {
    expect(stateOf({ identity: begun, work: 'creating' })).toBe('creating');
    expect(stateOf({ identity: begun, work: 'createCutOff' })).toBe('createCutOff');
    const started = anEnvironment({ health: 'progressing', services: [held, aService({ health: 'progressing' })] });
    expect(stateOf({ identity: begun, work: 'creating', environment: started })).toBe('progressing');
  });

  it('is no new one once it was made', () => {
    expect(stateOf({})).toBe('progressing');
    expect(stateOf({ identity: begun, work: 'updating' })).toBe('updating');
  });
});

it('no two states have the same words', () => {
  expect(new Set(Object.values(stateWords)).size).toBe(worktreeStates.length);
});

describe('beside the state', () => {
  it('is told how it was while its cluster is away: in colours nothing is said to a screen reader', () => {
    const { item, json, snapshot, entry } = rendered({ snapshot: { cluster: offline } });
    expect(item.description).toBe('1/1 · was healthy · 3m');
    expect(item.accessibleName).toBe(
      'Worktree feature, offline, was healthy, 1 of 1 service healthy, last worked on 3 minutes ago',
    );
    expect(item.icon).toEqual({ name: 'pass-filled', color: 'disabledForeground' });
    expect(json.view).toMatchObject({ state: 'offline', lastKnown: 'healthy', marks: ['was healthy'] });
    expect(environmentView(snapshot, entry.worktree.path).state).toBe('offline, was healthy 1/1');
  });

  it('is told that services run whose last create was cut off', () => {
    const { item, table, json } = rendered({ entry: { identity: begun, work: 'createCutOff' } });
    expect(item.description).toBe('1/1 · last create was cut off · 3m');
    expect(table).toContain('Healthy, last create was cut off');
    expect(json.view).toMatchObject({ state: 'healthy', marks: ['last create was cut off'] });
  });

  it('is told what of it does not sleep, and what wakes it', () => {
    const urls = ['http://feature.localhost/'];
    const asleep = aService({ health: 'asleep', state: 'Asleep', ready: 0, desired: 0, urls });
    const services = [asleep, aService({ name: 'cache' }), aService({ name: 'migrate', state: 'Completed' })];
    const { item, json, table } = rendered({ entry: { environment: anEnvironment({ health: 'asleep', services }) } });
    expect(item.description).toBe('asleep · 3m');
    expect(json.view).toMatchObject({ state: 'asleep', why: 'Of its services cache still runs.' });
    expect(tooltipOf(item)).toContain('"Wake" starts its services again; so does the first request to its URL.');
    expect(item.contextValue).toContain(';awake;asleep;');
    expect(table).toContain('Asleep');
    expect(wayText({ command: 'wake', name: 'feature', byRequest: false }, 'terminal')).toBe(
      '"coppice wake feature" starts its services again.',
    );
  });

  it.each([
    [['worker'], 'worker stopped'],
    [['worker', 'cron'], 'worker, cron stopped'],
    [['a', 'b', 'c'], '3 services stopped'],
  ])('is told that %j was stopped, and counted among what is wanted', (names, words) => {
    const stopped = names.map((name) => aService({ name, health: 'stopped', desired: 0, ready: 0, wanted: 1 }));
    const services = [aService(), ...stopped];
    const { json, table, entry, snapshot } = rendered({ entry: { environment: anEnvironment({ services }) } });
    expect(json.view).toMatchObject({ state: 'healthy', marks: [words] });
    expect(table).toContain(`Healthy, ${words}`);
    expect(worktreeView(entry, snapshot).healthyServices).toBe(`1/${names.length + 1}`);
  });

  it('is told nothing of a service that the environment file wants none of', () => {
    const none = aService({ name: 'worker', health: 'stopped', desired: 0, ready: 0, wanted: 0 });
    const { entry, snapshot } = rendered({ entry: { environment: anEnvironment({ services: [aService(), none] }) } });
    expect(worktreeView(entry, snapshot)).toMatchObject({ marks: [], healthyServices: '1/1' });
  });

  it('is told that the folder was locked or moved', () => {
    const worktree = aWorktree({ locked: 'claude session x (pid 7)', isLockStale: true });
    const { item, table } = rendered({ entry: { worktree, movedFrom: '/old' } });
    expect(item.description).toBe('1/1 · locked by a process that ended · moved, not updated since · 3m');
    expect(table).toContain('Healthy, locked by a process that ended, moved, not updated since');
  });

  it('is told that trouble comes before being on its way', () => {
    const degraded = cases.degraded.entry?.environment;
    expect(rendered({ entry: { identity: begun, environment: degraded, work: 'updating' } }).json.view.state).toBe(
      'degraded',
    );
  });
});

it('a create that was cut off, and a delete, name their way out by what it is called there', () => {
  for (const [state, window, terminal] of [
    ['createCutOff', '"Create Environment" finishes it.', '"coppice create feature" finishes it.'],
    ['deleteCutOff', '"Delete" puts it back,', '"coppice delete feature" puts it back,'],
    ['moved', 'git worktree repair "/elsewhere/feature"', 'git worktree repair "/elsewhere/feature"'],
  ] as const) {
    const { item, table } = rendered(cases[state]);
    expect(tooltipOf(item)).toContain(window);
    expect(table).toContain(terminal);
  }
});

it('a create is called where it is accepted: in the folder of a worktree whose branch is checked out there', () => {
  const detached = aWorktree({ branch: undefined });
  const where = '"coppice create" in /repo.worktrees/feature';
  for (const [change, terminal] of [
    [cases.none.entry, `${where} makes one.`],
    [cases.missing.entry, `${where} makes it again.`],
    [{ ...cases.createCutOff.entry, worktree: detached }, `${where} finishes it.`],
  ] as const) {
    const { way } = worktreeView(anEntry(change), aSnapshot());
    expect(way && wayText(way, 'terminal')).toBe(terminal);
  }
});

it('what is kept for the next creates is one quiet row, and none of the worktrees', () => {
  const spares = ['/w/_spare-1', '/w/_spare-2'];
  const { snapshot, table } = rendered({ snapshot: { spares } });
  const row = toTree(snapshot, []).nodes.get('spares');
  if (!row) throw new Error('no row');
  const item = toItem(row);
  expect(item).toMatchObject({ label: '2 spare worktrees', description: 'for the next creates' });
  expect(tooltipOf(item)).toContain('/w/_spare-2');
  expect(table).toContain('2 spare worktrees are kept for the next creates: "coppice pool" says how far they are.');
  expect(snapshotJson(snapshot)).toMatchObject({ spares });
});

it('what a delete has set aside and git has forgotten since is named, with the way out', () => {
  const leftAside = [{ folder: '/repo/.git/coppice-trash/1-a', name: 'lost' }];
  const { snapshot, table } = rendered({ snapshot: { leftAside } });
  const row = toTree(snapshot, []).nodes.get('leftAside:/repo/.git/coppice-trash/1-a');
  if (!row) throw new Error('no row');
  const item = toItem(row);
  const json = snapshotJson(snapshot) as { leftAside: { view: { words: string; why: string } }[] };
  const [told] = json.leftAside;
  expect(item).toMatchObject({ label: 'lost', description: told?.view.words });
  expect(tooltipOf(item)).toContain(told?.view.why);
  expect(table).toContain(told?.view.why);
  expect(told?.view.why).toContain('/repo/.git/coppice-trash/1-a');
});

describe('the cluster', () => {
  const stateTrouble = 'The cluster cannot save its state (disk full): what is changed is lost when it ends.';

  it('that cannot save its state says so in the tree, the status bar, the status, the terminal and JSON', () => {
    const { snapshot, entry, table } = rendered({ snapshot: { stateTrouble } });
    const row = toTree(snapshot, []).nodes.get('unsavedCluster');
    if (!row) throw new Error('no row');
    const item = toItem(row);
    expect(item).toMatchObject({ label: 'Cluster cannot save its state', contextValue: 'unsavedCluster;' });
    expect(item.accessibleName).toBe('Cluster cannot save its state, what is changed is lost when it ends');
    expect(tooltipOf(item)).toBe(`: ${stateTrouble}`);
    expect(tooltipOf(statusBarText(snapshot, entry) ?? { tooltip: [] })).toContain(stateTrouble);
    expect(statusText(snapshot, entry)).toContain(stateTrouble);
    expect(table).toContain(stateTrouble);
    expect(snapshotJson(snapshot)).toMatchObject({ stateTrouble });
    expect(statusJson(entry, snapshot)).toMatchObject({ stateTrouble });
  });

  it('has infra in JSON, where it has infra', () => {
    const infra = anEnvironment({ namespace: 'infra', services: [aService({ name: 'grafana' })] });
    const { snapshot, entry } = rendered({ snapshot: { infra } });
    const told = { infra: { namespace: 'infra', health: 'healthy', services: [{ name: 'grafana' }] } };
    expect(snapshotJson(snapshot)).toMatchObject(told);
    expect(statusJson(entry, snapshot)).toMatchObject(told);
    expect(snapshotJson(aSnapshot())).toMatchObject({ infra: null });
  });
});

it('what waits to start says so, and why, in every place', () => {
  const waits = 'waits to start, because 10 MiB of memory are free, while 512 MiB are to stay free (start.freeMemory)';
  const snapshot = aSnapshot({ entries: [anEntry({ ...cases.asleep.entry, waits })] });
  const [entry] = snapshot.entries;
  if (!entry) throw new Error('there is no entry');
  const why = `${waits.replace('waits', 'Waits')}.`;
  expect(worktreeView(entry, snapshot)).toMatchObject({ state: 'asleep', marks: ['waits to start'], why });
  expect(statusJson(entry, snapshot)).toMatchObject({ waits, view: { why } });
  expect(worktreeTable(snapshot)).toMatch(/Asleep, waits to start/);
  expect(worktreeTable(snapshot)).toContain(why);
  const node = toTree(snapshot, []).nodes.get(`worktree:${entry.worktree.path}`);
  expect(node && toItem(node).description).toContain('waits to start');
});

describe('what an undo says', () => {
  const database = { provider: 'postgres', database: 'wt_x', role: 'wt_x' } as const;
  it.each([
    [true, 'Its environment was deleted. The next create brings back the rows of its database wt_x.'],
    [false, 'Its environment was deleted, and the rows of its database wt_x are gone for good.'],
    [
      undefined,
      'Its environment was deleted. The next create brings back the rows of its database wt_x, where the server still has them.',
    ],
  ])('is what becomes of the database when it is kept: %s', (isDatabaseKept, text) => {
    expect(goneText({ identity: anIdentity({ parts: { database } }), isDatabaseKept })).toBe(text);
  });

  it('is nothing of what there was not', () => {
    expect(goneText({ identity: undefined, isDatabaseKept: undefined })).toBeUndefined();
    const none = anIdentity({ parts: {} });
    expect(goneText({ identity: none, isDatabaseKept: undefined })).toBe('Its environment was deleted.');
  });
});
