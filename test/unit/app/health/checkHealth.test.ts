import { describe, expect, it } from 'vitest';
import type { ClusterStatus } from '../../../../src/app/cluster/clusterStatus';
import { checkHealth, type HealthReport, type HealthPorts } from '../../../../src/app/health/checkHealth';
import { healthChecks, type Finding, type HealthCheck } from '../../../../src/app/health/finding';
import { healthJson } from '../../../../src/app/health/healthJson';
import type { TrashRow } from '../../../../src/app/trash/listTrash';
import { embeddedIdentity } from '../../../../src/core/clusterTraits';
import { AppError } from '../../../../src/core/errors';
import type { Snapshot } from '../../../../src/core/model';
import type { KeptDatabase } from '../../../../src/core/ports/databases';
import type { MachineHealth } from '../../../../src/core/ports/machineHealth';
import { anEntry, anEnvironment, aSnapshot, aWorktree, offline } from '../../ui/builders';

const run = { signal: new AbortController().signal, report: () => undefined };
const gib = 1024 ** 3;

const running: ClusterStatus = {
  ...{ identity: embeddedIdentity, state: 'running', note: undefined, pid: undefined, port: 8080 },
  access: { server: 'https://127.0.0.1:6443' } as ClusterStatus['access'],
  ...{ databases: true, temporalTrouble: undefined, registry: undefined },
};

const onAnotherMachine: Partial<HealthPorts> = {
  clusterStatus: async () => ({ ...running, identity: { kind: 'context', context: 'team' }, databases: undefined }),
};

it('names snapshots that are kept and whose environment is gone, with what becomes of them', async () => {
  const leftSnapshots = [{ name: 'lasting', database: 'coppice_snap_1', bytes: 3 * 1024 ** 2 }];
  const databaseServer = async () => ({ time: Date.now(), invalid: [], leftSnapshots });
  const { findings } = await checkHealth(portsWith({ databaseServer }))({ folder: '/repo', fix: false }, run);
  const found = findings.find(({ message }) => message.includes('coppice_snap_1'));
  expect(found).toMatchObject({ check: 'databases', state: 'warning' });
  expect(found?.advice).toContain('--kept --delete coppice_snap_1');
});

it('names what goes by itself soon, and how it is kept', async () => {
  const after = Date.parse('2026-03-04T05:06:07Z');
  const readSnapshot = async () => aSnapshot({ entries: [anEntry({ goes: { what: 'environment', after } })] });
  const { findings } = await checkHealth(portsWith({ readSnapshot }))({ folder: '/repo', fix: false }, run);
  const found = findings.find(({ message }) => message.includes('goes by itself after 2026-03-04 05:06 UTC'));
  expect(found).toMatchObject({ check: 'environments', state: 'warning' });
  expect(found?.advice).toMatch(/^"coppice clean --keep \S+" keeps it\.$/);
});

const aKeptDatabase = (): KeptDatabase => ({
  ...{ name: 'coppice_kept_1', database: 'wt_x', owner: { repositoryId: 'r', worktreeId: 'w' } },
  ...{ repository: '/gone', until: undefined, bytes: 2048 },
});

function aTrashRow(change: Partial<TrashRow> = {}): TrashRow {
  const deletedAt = Date.now() - 30.5 * 3600_000;
  const gitDir = '/repo/.git/coppice-trash/1.deleted/registration';
  return {
    ...{ id: '1', path: '/repo/.git/coppice-trash/1.deleted', stays: undefined, until: deletedAt + 24 * 3600_000 },
    deleted: { id: '1', path: '/repo.worktrees/x', branch: 'x', head: 'a'.repeat(40), deletedAt, gitDir, recovery: [] },
    ...{ size: { bytes: 2048, isCut: false }, database: undefined },
    ...change,
  };
}

const machineOf = (change: Partial<MachineHealth> = {}): MachineHealth => ({
  programs: async () => [{ name: 'git', version: 'git version 2.39.5', trouble: undefined, isNeeded: true }],
  ...{ space: async () => ({ free: 100 * gib, total: 200 * gib }), lostMaintenance: async () => [] },
  watchLimits: async () => [{ what: 'file watchers', used: 5, limit: 128, setting: 'fs.inotify.max_user_instances' }],
  ...change,
});

function portsWith(change: Partial<HealthPorts> = {}): HealthPorts {
  return {
    machine: machineOf(),
    home: '/home/ada/.coppice',
    readSnapshot: async () => aSnapshot(),
    clusterStatus: async () => running,
    every: async () => ({
      clusterIdentity: embeddedIdentity,
      environments: [],
      leftAside: [],
      leftData: [],
      leftDatabases: [],
    }),
    trash: async () => ({ rows: [], databasesUnknown: undefined }),
    leftDatabases: async () => [],
    databaseServer: async () => ({ time: Date.now(), invalid: [] }),
    clusterTime: async () => expect.unreachable('the embedded cluster has the clock of this machine'),
    clock: { now: () => Date.now() },
    urlTrouble: async () => undefined,
    fixes: {
      startCluster: async () => expect.unreachable('nothing is to be started'),
      returnDatabases: async () => expect.unreachable('nothing is to be started'),
    },
    ...change,
  };
}

const check = (change: Partial<HealthPorts> = {}, fix = false): Promise<HealthReport> =>
  checkHealth(portsWith(change), 500)({ folder: '/repo', fix }, run);

async function found(which: HealthCheck, change: Partial<HealthPorts>): Promise<Finding[]> {
  const { findings } = await check(change);
  return findings.filter((each) => each.check === which && each.state !== 'good');
}

const withSnapshot = (change: Partial<Snapshot>): Partial<HealthPorts> => ({
  readSnapshot: async () => aSnapshot(change),
});

describe('the health of all that Coppice stands on', () => {
  it('tells of each check that all is well', async () => {
    const { findings, fixed } = await check();
    expect(findings.map(({ state }) => state)).toEqual(findings.map(() => 'good'));
    expect(new Set(findings.map((each) => each.check))).toEqual(
      new Set(healthChecks.filter((each) => !['locks', 'temporal'].includes(each))),
    );
    expect(fixed).toEqual([]);
    expect(healthJson({ findings, fixed })).toMatchObject({ healthy: true, fixed: [] });
  });

  it.each<[string, HealthCheck, Partial<HealthPorts>, Partial<Finding>]>([
    [
      'a program that is missing',
      'programs',
      {
        machine: machineOf({
          programs: async () => [
            { name: 'Helm', version: undefined, trouble: 'there is no program "helm"', isNeeded: true },
            { name: 'Docker', version: undefined, trouble: 'there is no program "docker"', isNeeded: false },
          ],
        }),
      },
      { state: 'problem', message: 'Helm cannot be called: there is no program "helm".' },
    ],
    [
      'a cluster that hangs',
      'cluster',
      { clusterStatus: async () => ({ ...running, state: 'silent', pid: 7, access: undefined }) },
      { state: 'problem', message: 'The cluster (process 7) runs and does not answer.', fix: 'startCluster' },
    ],
    [
      'a cluster that was ended, with the reason',
      'cluster',
      {
        clusterStatus: async () => ({
          ...running,
          state: 'stopped',
          access: undefined,
          note: 'it was ended at noon: no memory',
        }),
      },
      { state: 'warning', message: 'The cluster does not run: it was ended at noon: no memory.', fix: 'startCluster' },
    ],
    [
      'a cluster that cannot save',
      'cluster',
      withSnapshot({ stateTrouble: 'The disk is full.' }),
      { state: 'problem', message: 'The disk is full.' },
    ],
    [
      'a database server that has died',
      'databases',
      { clusterStatus: async () => ({ ...running, databases: false }) },
      { state: 'problem', message: 'PostgreSQL does not run.', fix: 'returnDatabases' },
    ],
    [
      'a Temporal that does not start',
      'temporal',
      { clusterStatus: async () => ({ ...running, temporalTrouble: 'it ended with exit code 3: no room.\nmore' }) },
      { state: 'problem', message: 'Temporal does not run: it ended with exit code 3: no room.' },
    ],
    [
      'names that do not resolve',
      'addresses',
      { urlTrouble: async () => ({ kind: 'unresolved', message: 'x.localhost does not resolve on this machine.' }) },
      { state: 'warning', message: 'x.localhost does not resolve on this machine.' },
    ],
    [
      'a create that was cut off',
      'environments',
      withSnapshot({ entries: [anEntry({ environment: undefined, work: 'createCutOff' })] }),
      { state: 'problem', way: expect.objectContaining({ command: 'create', branch: 'feature' }) },
    ],
    [
      'an environment that the cluster does not have',
      'environments',
      withSnapshot({ entries: [anEntry({ environment: undefined })] }),
      { state: 'problem', message: 'feature: environment is gone. The cluster does not have its environment.' },
    ],
    [
      'that nobody knows how environments are while the cluster is away',
      'environments',
      withSnapshot({ cluster: offline, entries: [anEntry({ environment: undefined })] }),
      { state: 'unknown', message: '1 environment: how they are is not known while the cluster is away.' },
    ],
    [
      'an orphan',
      'environments',
      withSnapshot({ orphans: [{ ...anEnvironment(), isBeingCreated: false }] }),
      { state: 'warning', way: expect.objectContaining({ command: 'delete', name: 'feature' }) },
    ],
    [
      'a namespace that does not go away, with who holds it',
      'environments',
      withSnapshot({
        entries: [anEntry({ environment: anEnvironment({ terminating: true, heldBy: 'example.com/hold remains' }) })],
      }),
      { state: 'warning', message: 'The namespace worktree-feature is not gone yet: example.com/hold remains.' },
    ],
    [
      'an environment whose repository is gone',
      'environments',
      {
        every: async () => ({
          clusterIdentity: embeddedIdentity,
          environments: [{ ...anEnvironment(), isBeingCreated: false, claim: { kind: 'gone' } }],
          leftAside: [],
          leftData: [],
          leftDatabases: [],
        }),
      },
      { state: 'warning', advice: '"coppice delete --namespace worktree-feature" deletes it, and asks for its data.' },
    ],
    [
      'a database that a cut off drop has left',
      'databases',
      { databaseServer: async () => ({ time: Date.now(), invalid: ['wt_x'] }) },
      {
        state: 'warning',
        message: expect.stringContaining('wt_x is invalid (datconnlimit = -2)') as string,
        advice: '"coppice trash empty --database wt_x" drops it.',
      },
    ],
    [
      'what a crash has left of a database that was copied',
      'databases',
      {
        databaseServer: async () => ({
          ...{ time: Date.now(), invalid: [] },
          unknownFolders: [{ folder: '/data/base/16400', bytes: 5_000_000 }],
        }),
      },
      { state: 'warning', message: expect.stringContaining('/data/base/16400 (4.8 MiB) is left') as string },
    ],
    [
      'a replication slot of a database that was put aside',
      'databases',
      {
        databaseServer: async () => ({
          ...{ time: Date.now(), invalid: [] },
          leftSlots: [{ name: 'electric', database: 'coppice_kept_1', bytes: 5_000_000 }],
        }),
      },
      { state: 'warning', message: expect.stringContaining('replication slot electric') as string },
    ],
    [
      'a database that no undo leads to any more',
      'databases',
      { leftDatabases: async () => [{ database: aKeptDatabase() }] },
      {
        state: 'warning',
        message:
          'The database wt_x (2.0 KiB) is kept for a deleted worktree of /gone that is in no trash any more: no undo leads to it. It stays until somebody drops it.',
        advice: '"coppice trash empty --database coppice_kept_1" drops it.',
      },
    ],
    [
      'a database that waits for the create of a worktree that is back',
      'databases',
      { leftDatabases: async () => [{ database: aKeptDatabase(), worktree: aWorktree({ branch: 'x' }) }] },
      { state: 'warning', message: expect.stringContaining('x, whose delete was undone') as string },
    ],
    [
      'what no sweep can remove from the trash, with the reason',
      'trash',
      {
        trash: async () => ({
          rows: [aTrashRow({ stays: 'something is mounted at /mnt' })],
          databasesUnknown: undefined,
        }),
      },
      {
        state: 'warning',
        message: 'x stays in the trash: something is mounted at /mnt.',
        advice: expect.stringContaining('/repo/.git/coppice-trash/1.deleted') as string,
      },
    ],
    [
      "a database server's clock that is ahead",
      'clocks',
      { databaseServer: async () => ({ time: Date.now() + 10.5 * 60_000, invalid: [] }) },
      { state: 'warning', message: "The clock of the database server is 10 min ahead of this machine's." },
    ],
    [
      "a cluster's clock that is behind",
      'clocks',
      { ...onAnotherMachine, clusterTime: async () => Date.now() - 3 * 3600_000 - 5_000 },
      { state: 'warning', message: "The clock of the cluster is 3 h behind this machine's." },
    ],
    [
      'a lock whose holder has ended',
      'locks',
      withSnapshot({
        entries: [anEntry({ worktree: aWorktree({ locked: 'claude session x (pid 7 start 3)', isLockStale: true }) })],
      }),
      { state: 'warning', advice: 'Git is told by: git worktree unlock "/repo.worktrees/feature"' },
    ],
    [
      'a disk that is nearly full',
      'disk',
      { machine: machineOf({ space: async () => ({ free: 0.5 * gib, total: 100 * gib }) }) },
      { state: 'problem', message: expect.stringContaining('0.5 GiB of 100 GiB are free') as string },
    ],
    [
      'limits of watching that are nearly reached',
      'watches',
      {
        machine: machineOf({
          watchLimits: async () => [
            { what: 'file watchers', used: 110, limit: 128, setting: 'fs.inotify.max_user_instances' },
          ],
        }),
      },
      { state: 'warning', advice: 'An administrator raises it: sudo sysctl fs.inotify.max_user_instances=256' },
    ],
  ])('finds %s', async (_, which, change, finding) => {
    expect(await found(which, change)).toEqual([expect.objectContaining(finding)]);
  });

  it.each<[HealthCheck, Partial<HealthPorts>]>([
    ['cluster', { clusterStatus: () => Promise.reject(new AppError('denied', 'The kubeconfig cannot be read.')) }],
    ['environments', { readSnapshot: () => Promise.reject(new AppError('denied', 'The repository cannot be read.')) }],
    ['disk', { machine: machineOf({ space: () => new Promise(() => undefined) }) }],
    ['programs', { machine: machineOf({ programs: () => Promise.reject(new Error('too many open files')) }) }],
  ])('says that nobody can tell of %s, and looks at all else', async (which, change) => {
    const { findings } = await check(change);
    const [finding] = findings.filter((each) => each.check === which);
    expect(finding).toMatchObject({
      state: 'unknown',
      message: expect.stringMatching(/is not known: .+|are is not known: .+/) as string,
    });
    expect(findings.some((each) => each.check === 'addresses' && each.state === 'good')).toBe(true);
    expect(healthJson({ findings, fixed: [] })).toMatchObject({ healthy: false });
  });

  it('tells of the trash how much it holds and since when, as nothing that is wrong', async () => {
    const rows = [aTrashRow(), aTrashRow({ id: '2' })];
    const { findings } = await check({ trash: async () => ({ rows, databasesUnknown: undefined }) });
    expect(findings.filter((each) => each.check === 'trash')).toMatchObject([
      {
        state: 'good',
        message:
          'In the trash: 2 deleted worktrees, 4.0 KiB, the oldest deleted 1 day ago. "coppice trash empty" removes them before their time.',
      },
    ]);
  });

  it.each<[string, Partial<HealthPorts>]>([
    ['a server that is not reached', { databaseServer: () => Promise.reject(new AppError('unreachable', 'No.')) }],
    ['no server', { databaseServer: async () => undefined }],
    ['a cluster that does not tell', { ...onAnotherMachine, clusterTime: async () => undefined }],
  ])('tells nothing of the clock of %s', async (_, change) => {
    expect(await found('clocks', change)).toEqual([]);
    expect(await found('databases', change)).toEqual([]);
  });

  it('starts what should run when it may, and says what that has put right', async () => {
    let isUp = false;
    const change: Partial<HealthPorts> = {
      clusterStatus: async () => (isUp ? running : { ...running, state: 'silent', pid: 7, access: undefined }),
      fixes: {
        startCluster: async () => void (isUp = true),
        returnDatabases: async () => expect.unreachable('its server is not known to be away'),
      },
    };
    const { findings, fixed } = await check(change, true);
    expect(fixed.map(({ message }) => message)).toEqual(['The cluster (process 7) runs and does not answer.']);
    expect(findings.every(({ state }) => state === 'good')).toBe(true);
  });

  it('says why a fix did not help', async () => {
    const change: Partial<HealthPorts> = {
      clusterStatus: async () => ({ ...running, databases: false }),
      fixes: {
        startCluster: async () => expect.unreachable('it runs'),
        returnDatabases: () => Promise.reject(new AppError('failed', 'Its data folder cannot be written.')),
      },
    };
    const { findings, fixed } = await check(change, true);
    expect(fixed).toEqual([]);
    expect(findings.find((each) => each.check === 'databases')?.message).toBe(
      'PostgreSQL does not run. Its data folder cannot be written.',
    );
  });

  it('looks at what is no matter of a repository where there is none', async () => {
    const readSnapshot = () => Promise.reject(new AppError('notFound', 'There is no repository.'));
    const { findings } = await check({ readSnapshot });
    expect(findings.filter((each) => each.check === 'environments')).toEqual([]);
    expect(findings.some((each) => each.check === 'cluster' && each.state === 'good')).toBe(true);
  });
});
