import { collectUnused, type CollectPorts, type Collected } from '../../src/app/cleanup/collectUnused';
import type { DeleteLook } from '../../src/app/environment/delete/lookAtDelete';
import type { DeleteRequest } from '../../src/app/environment/requests';
import type { Snapshot, WorktreeEntry } from '../../src/core/model';
import { defaultSettings, type Settings } from '../../src/core/settings';
import { anEntry, aSnapshot, bareMain } from '../unit/ui/builders';
import { FakeCleanupNotices } from './fakes/fakeCleanupNotices';
import { FakeClock } from './fakes/fakeClock';
import { FakeIdentities } from './fakes/fakeIdentities';
import { FakeLocks } from './fakes/fakeLocks';
import { fakePaths } from './fakes/fakePaths';
import { FakeWorktrees } from './fakes/fakeWorktrees';

export const hour = 3600_000;
export const day = 24 * hour;
export const repositoryId = 'aaaaaaaaaaaa';
const entry = anEntry();
export const losesNothing: DeleteLook = { losses: [], refusal: undefined, asksForApproval: false, untold: [] };
const signal = new AbortController().signal;
const run = { signal, report: () => undefined };

/** A repository with one environment that nobody has used for nine days, and what changes meanwhile. */
export class CollectWorld {
  readonly clock = new FakeClock();
  readonly notices = new FakeCleanupNotices();
  readonly locks = new FakeLocks();
  readonly deletes: DeleteRequest[] = [];
  settings: Settings = { ...defaultSettings, 'clean.automatic': 'environments' };
  entries: WorktreeEntry[] = [bareMain, entry];
  snapshot: Partial<Snapshot> = {};
  visits: ReadonlyMap<string, number> | undefined;
  changedAt = this.clock.now() - 9 * day;
  reads = 0;
  change: Partial<CollectPorts> = {};
  readonly #worktrees = new FakeWorktrees('/repo');
  readonly #identities = new FakeIdentities();

  constructor() {
    this.visits = new Map([['worktree-feature', this.changedAt]]);
    const repository = aSnapshot().repository;
    if (!repository) throw new Error('no repository');
    this.#worktrees.repository = async () => repository;
    this.#worktrees.list = async () => this.entries.map(({ worktree }) => worktree);
    this.#worktrees.lastChange = async () => this.changedAt;
    this.#identities.read = async ({ gitDir }) =>
      this.entries.find(({ worktree }) => worktree.gitDir === gitDir)?.identity;
  }

  get ports(): CollectPorts {
    return {
      worktrees: this.#worktrees,
      identities: this.#identities,
      locks: this.locks,
      readSnapshot: async () => {
        this.reads++;
        return aSnapshot({ entries: this.entries, ...this.snapshot });
      },
      facts: {
        size: async () => ({ bytes: 1, isCut: false }),
        times: async () => ({ madeAt: 0, environmentAt: undefined, placedAt: undefined }),
        branchState: async () => ({ kind: 'merged', rule: 'ancestor', into: 'main' }),
      },
      programs: { in: async () => new Map() },
      visits: async () => this.visits,
      usage: async () => new Map([['worktree-feature', { cpuCores: 0, memoryBytes: 1 }]]),
      notices: this.notices,
      lookAtDelete: async () => async () => losesNothing,
      delete: async (request) => {
        this.deletes.push(request);
        this.entries = this.entries.map((each) => ({ ...each, identity: undefined, environment: undefined }));
        return { environment: 'deleted', worktree: 'kept', branch: 'none' };
      },
      paths: fakePaths,
      settings: () => this.settings,
      clock: this.clock,
      ...this.change,
    };
  }

  collect(here = '/repo'): Promise<Collected> {
    return collectUnused(this.ports)({ folder: '/repo', here: [here] }, run);
  }

  /** As many looks as a window has that is used all the time. */
  async pass(hours: number): Promise<Collected[]> {
    const all: Collected[] = [];
    for (let each = 0; each < hours; each++) {
      this.clock.advance(hour);
      all.push(await this.collect());
    }
    return all;
  }

  memory = () => this.notices.read(repositoryId);
}
