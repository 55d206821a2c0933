import { errorCode } from '@coppice/host/errorCode';
import { lstat, mkdir, readdir, readFile, readlink, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HostFolderPrograms } from '../../../src/adapters/exec/hostFolderPrograms';
import { FileIdentities } from '../../../src/adapters/git/records/fileIdentities';
import { hasRefTables } from '../../../src/adapters/git/history/refTables';
import { Git } from '../../../src/adapters/git/program/git';
import { GitWorktreeFacts } from '../../../src/adapters/git/gitWorktreeFacts';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import { sweepDeleted } from '../../../src/adapters/git/trash/sweepDeleted';
import { createEnvironment } from '../../../src/app/environment/create/createEnvironment';
import { deleteEnvironment } from '../../../src/app/environment/delete/deleteEnvironment';
import { finishDelete } from '../../../src/app/environment/delete/finishDelete';
import { cleanUp, type CleanupOutcome, type CleanUpRequest } from '../../../src/app/cleanup/cleanUp';
import type { CleanupPorts, CleanupScope } from '../../../src/app/cleanup/cleanupPorts';
import { listCleanup, type CleanupList } from '../../../src/app/cleanup/listCleanup';
import { lookAtDelete } from '../../../src/app/environment/delete/lookAtDelete';
import { readSnapshot } from '../../../src/app/snapshot/readSnapshot';
import { undoDelete } from '../../../src/app/environment/undo/undoDelete';
import { deleteOrphan } from '../../../src/app/environment/delete/deleteOrphan';
import type { CreateRequest, DeleteRequest, DeleteResult } from '../../../src/app/environment/requests';
import type { Progress } from '../../../src/app/run/run';
import type { Loss } from '../../../src/core/errors';
import type { Identity, Repository, Worktree } from '../../../src/core/model';
import { database, EnvironmentWorld } from '../../support/environmentWorld';
import { FakeCleanupNotices } from '../../support/fakes/fakeCleanupNotices';
import { environmentFileText } from '../../support/fakes/fakeEnvironmentFiles';
import { GitRepository } from '../../support/gitRepository';
import type { Place } from './state';

/** An environment for the branch `topic`, which Coppice made: git is real, cluster and database server are not. */
export class DestroyWorld {
  readonly #world = new EnvironmentWorld();
  readonly worktrees: GitWorktrees;
  readonly identities = new FileIdentities();
  /** What comes between a cleanup's last look and its delete. */
  beforeDelete: (() => Promise<unknown>) | undefined;
  /** What the last delete or create said. */
  readonly reports: Progress[] = [];

  private constructor(readonly git: GitRepository) {
    this.worktrees = new GitWorktrees(git.env);
  }

  static async create({ origin = false, hasDatabase = true, refsInTables = false } = {}): Promise<DestroyWorld> {
    const world = new DestroyWorld(await GitRepository.create());
    if (refsInTables) await world.git.git('refs', 'migrate', '--ref-format=reftable');
    const text = environmentFileText(['web'], hasDatabase ? database : undefined);
    world.#world.commit(text);
    await world.git.commit('coppice.yaml', text, 'Add an environment file');
    if (origin) await world.git.addOrigin();
    await world.createEnvironment({ kind: 'branch', branch: 'topic' });
    return world;
  }

  get databases(): EnvironmentWorld['databases'] {
    return this.#world.databases;
  }

  get releases(): EnvironmentWorld['releases'] {
    return this.#world.releases;
  }

  get cluster(): EnvironmentWorld['cluster'] {
    return this.#world.cluster;
  }

  get locks(): EnvironmentWorld['locks'] {
    return this.#world.locks;
  }

  /** How long deletes say from now on that they keep. */
  set keepHours(hours: number) {
    this.#world.settings = { ...this.#world.settings, 'trash.hours': hours };
  }

  /** Deletes the branch that a delete which was cut off has left. */
  async finishDelete(): Promise<boolean> {
    return finishDelete(this.#ports)({ folder: this.git.root, branch: 'topic' }, this.#run);
  }

  /** As a sweep two hours later, when nothing is due: what leads nowhere goes. */
  async forgetEmpty(): Promise<void> {
    await this.sweep(Number.POSITIVE_INFINITY, 2);
  }

  /** As if it were so many hours later. */
  async sweep(keepHours: number, hoursLater = 0): Promise<void> {
    const later = Date.now() + hoursLater * 3600_000;
    await sweepDeleted(new Git(this.git.env), await this.repository(), keepHours * 3600_000, later);
  }

  get folder(): string {
    return join(this.git.folder, 'repo.worktrees', 'topic');
  }

  /** As an undo does it with the folder of an entry of the trash. */
  async putBack(entry: string): Promise<void> {
    await mkdir(dirname(this.folder), { recursive: true });
    await rename(join(entry, 'folder'), this.folder);
  }

  get place(): Place {
    const { git, folder } = this;
    return { git, folder, gitDir: join(git.root, '.git/worktrees/topic'), written: this.databases.written };
  }

  async createEnvironment(target: CreateRequest['target']): Promise<Identity> {
    const request = { folder: this.git.root, target };
    return (await createEnvironment(this.#ports)(request, this.#run)).identity;
  }

  async delete(accepted: readonly Loss['kind'][], more: Partial<DeleteRequest> = {}): Promise<DeleteResult> {
    this.reports.length = 0;
    const request = { folder: this.git.root, path: this.folder, accepted, ...more };
    return deleteEnvironment(this.#ports)(request, this.#run);
  }

  /** What a cleanup says of all worktrees, so many days later. */
  async listCleanup(scope: Partial<CleanupScope> = {}, daysLater = 8): Promise<CleanupList> {
    return listCleanup(this.#cleanupPorts(daysLater))({ folder: this.git.root, here: [], ...scope }, this.#run);
  }

  /** What a cleanup does with the worktree of `topic` that a person said yes to, so many days later. */
  async clean(change: Partial<CleanUpRequest> = {}, daysLater = 8): Promise<CleanupOutcome | undefined> {
    const request = { folder: this.git.root, here: [], paths: [this.folder], ...change };
    return (await cleanUp(this.#cleanupPorts(daysLater))(request, this.#run)).outcomes[0];
  }

  /** Undoes the delete that was the last. */
  async undo(id?: string): Promise<void> {
    const [last] = await this.worktrees.deleted(await this.repository());
    const request = { folder: this.git.root, id: id ?? last?.id ?? '' };
    await undoDelete({ ...this.#ports, openDatabases: async () => this.#ports.databases })(request, this.#run);
  }

  /** All that an undo has to bring back, byte for byte and mode for mode. */
  async whole(): Promise<object> {
    const { gitDir } = this.place;
    const common = join(this.git.root, '.git');
    const isThere = (await this.worktree())?.prunable === undefined;
    return {
      files: await wholeFilesOf(this.folder),
      registration: (await wholeFilesOf(gitDir)).filter((text) => !text.startsWith(join(gitDir, 'index '))),
      index: await this.git.in(gitDir, '--git-dir=.', 'ls-files', '--stage', '-v'),
      status: isThere ? await this.git.in(this.folder, 'status', '--porcelain=v2', '--branch', '--ignored') : undefined,
      reflog: (await hasRefTables(common))
        ? await this.#loggedByGit()
        : await wholeFilesOf(join(common, 'logs', 'refs', 'heads')),
      refs: await this.git.git('for-each-ref'),
      config: await this.git.git('config', '--local', '--list'),
      // In the order of the folder of registrations, which a rename changes.
      listed: (await this.git.git('worktree', 'list', '--porcelain')).split('\n\n').sort(),
    };
  }

  /** Into tables only git writes logs, and that since 2.51. */
  async #loggedByGit(): Promise<string> {
    const usage: unknown = await this.git.git('reflog', '-h').catch((error: unknown) => error);
    const canWrite = usage instanceof Error && 'stdout' in usage && String(usage.stdout).includes('reflog write');
    if (!canWrite) return '';
    const argv = ['log', '--walk-reflogs', '--date=raw', '--format=%H %gn %ge %gD %gs', 'refs/heads/topic', '--'];
    return this.git.git(...argv).catch(() => '');
  }

  async deleteOrphan(namespace: string, accepted: readonly Loss['kind'][] = []): Promise<void> {
    await deleteOrphan(this.#ports)({ folder: this.git.root, namespace, accepted }, this.#run);
  }

  async repository(): Promise<Repository> {
    return this.worktrees.repository(this.git.root);
  }

  async worktree(): Promise<Worktree | undefined> {
    const all = await this.worktrees.list(await this.repository());
    return all.find(({ path }) => path === this.folder);
  }

  /** What of the environment is left. */
  async left(): Promise<string[]> {
    const namespaces = await this.cluster.listNamespaces();
    const databases = [...this.databases.held].filter(([, { kind }]) => kind === 'environment');
    return [...namespaces, ...databases.map(([name]) => ({ name }))].map(({ name }) => name).sort();
  }

  /** All that a delete could change, to be compared with itself later. */
  async everything(): Promise<object> {
    return {
      left: await this.left(),
      uninstalled: this.releases.changes.filter((change) => change.startsWith('uninstall')),
      refs: await this.git.git('for-each-ref'),
      registrations: await readdir(join(this.git.root, '.git', 'worktrees')).catch(() => []),
      files: await filesOf(this.folder),
      trash: await this.trash(),
    };
  }

  trash(): Promise<string[]> {
    return readdir(join(this.git.root, '.git', 'coppice-trash')).catch(() => []);
  }

  async dispose(): Promise<void> {
    await this.git.dispose();
  }

  #cleanupPorts(daysLater: number): CleanupPorts {
    const ports = this.#ports;
    return {
      ...ports,
      readSnapshot: readSnapshot(ports),
      facts: new GitWorktreeFacts(this.git.env),
      programs: new HostFolderPrograms(this.git.env),
      visits: async () => undefined,
      usage: async () => new Map(),
      notices: new FakeCleanupNotices(),
      lookAtDelete: lookAtDelete(ports),
      delete: async (request, run) => {
        await this.beforeDelete?.();
        return deleteEnvironment(ports)(request, run);
      },
      clock: { now: () => Date.now() + daysLater * 24 * 3600_000 },
    };
  }

  get #ports() {
    return { ...this.#world.createPorts(), worktrees: this.worktrees, identities: this.identities };
  }

  get #run() {
    return { signal: new AbortController().signal, report: (progress: Progress) => void this.reports.push(progress) };
  }
}

/** Everything beneath a folder with its mode; of links where they lead, never what is there. */
async function wholeFilesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const told = await Promise.all(
    // The index of a new worktree is refreshed a second after it was added.
    entries
      .filter(({ name }) => !/^index\.(?:lock$|coppice-)/.test(name))
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        const mode = (await lstat(path)).mode.toString(8);
        if (entry.isSymbolicLink()) return `${path} ${mode} -> ${await readlink(path)}`;
        return entry.isFile() ? `${path} ${mode}: ${await contentOf(path)}` : `${path}/ ${mode}`;
      }),
  );
  // Git notes in an index what it knows of files' times; what it holds is compared otherwise.
  return told.filter((text) => !/[\\/]modules[\\/].*[\\/]index \d+: /.test(text)).sort();
}

/** Paths of files with what is in them; git directories within count as the rest. */
async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const files = await Promise.all(
    entries.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      if (entry.isSymbolicLink()) return `${path} -> ${await readlink(path)}`;
      return entry.isDirectory() ? `${path}/` : `${path}: ${await contentOf(path)}`;
    }),
  );
  // Git notes here what it knows of files' times.
  return files.filter((text) => !/[\\/]index: /.test(text)).sort();
}

/** Of what nobody may read, which file it is, and how long. */
async function contentOf(path: string): Promise<string> {
  return readFile(path, 'latin1').catch(async (error: unknown) => {
    if (errorCode(error) !== 'EACCES') throw error;
    const { ino, size } = await lstat(path);
    return `file ${ino} of ${size} bytes`;
  });
}
