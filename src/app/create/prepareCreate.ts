import type { EnvironmentFile } from '../../core/environmentFile';
import { environmentFileName } from '../../core/environmentFile';
import { AppError } from '../../core/errors';
import type { Identity, Owner, Repository, Worktree } from '../../core/model';
import { worktreeId } from '../../core/naming';
import type { Cluster, NamespaceRecord } from '../../core/ports/cluster';
import type { EnvironmentFiles } from '../../core/ports/environmentFiles';
import type { Paths } from '../../core/ports/host';
import type { Identities, Worktrees } from '../../core/ports/worktrees';
import type { Settings } from '../../core/settings';
import { isSameOwner } from './claimNames';
import { decideTarget, type Target } from './decideTarget';
import { refuseElsewhere } from '../cluster/refuseElsewhere';
import { refuseSharedRecord } from './refuseSharedRecord';
import type { CreateRequest } from '../requests';
import { needsDatabaseServer } from '../infra/recordedInfra';
import { verifyDatabaseServer } from './verifyDatabaseServer';
import { verifyQuota } from './verifyQuota';

export interface PreparePorts {
  readonly worktrees: Worktrees;
  readonly identities: Identities;
  readonly environmentFiles: EnvironmentFiles;
  readonly cluster: Cluster;
  readonly paths: Paths;
  readonly sha256: (text: string) => string;
  readonly settings: () => Settings;
}

/** All that a create needs to know before it changes anything. */
export interface PreparedCreate {
  readonly repository: Repository;
  readonly target: Target;
  readonly owner: Owner;
  /** Of an earlier create of this environment: one that was cut off is finished, one that was not is brought up to date. */
  readonly identity: Identity | undefined;
  /** What the worktree's record says now, also when it came here with a copy of another repository. */
  readonly recorded: Identity | undefined;
  readonly file: EnvironmentFile;
  /** Where the worktree goes, given its slug. */
  readonly folderOf: (slug: string) => string;
}

/**
 * Reads, decides and refuses; changes nothing.
 *
 * @throws invalidInput, notConfigured, conflict, notFound: one line that says what to do
 */
export async function prepareCreate(
  ports: PreparePorts,
  request: CreateRequest,
  signal: AbortSignal,
): Promise<PreparedCreate> {
  const { worktrees, identities, sha256 } = ports;
  const settings = ports.settings();
  const repository = await worktrees.repository(request.folder, signal);
  const listed = await worktrees.list(repository, signal);
  const known = await Promise.all(
    listed.map(async (worktree) => {
      const recorded = await identities.read(worktree);
      // A copied repository has records of what the other one owns.
      const identity = recorded?.repositoryId === repository.id ? recorded : undefined;
      return { worktree, identity, recorded };
    }),
  );

  const own =
    ownWorktree(ports.paths, known, request) ?? (await unfinishedWorktree(ports, repository, known, request, signal));
  const target = await decideTarget(
    worktrees,
    repository,
    listed,
    own ? { ...request, target: { kind: 'worktree', path: own.path } } : request,
    settings['worktree.base'],
    (ref) => isBegun(ports, newOwner(repository, ref, known, sha256), signal),
    signal,
  );
  const held = target.kind === 'worktree' ? known.find(({ worktree }) => worktree === target.worktree) : undefined;
  const identity = held?.identity;
  if (held) refuseSharedRecord(known, held.worktree, identity);
  if (identity) refuseElsewhere(identity, ports.cluster.identity);
  const file = await readEnvironmentFile(ports, repository, target, signal);
  if (await needsDatabaseServer(ports.cluster, settings, file, signal))
    verifyDatabaseServer(ports.cluster.identity, settings, file);
  verifyQuota(ports.cluster.identity, settings, file);
  const folderOf = (slug: string): string =>
    worktreeFolder(ports.paths, repository, target, slug, request.worktreeFolder, settings['worktree.folder']);
  if (target.kind !== 'worktree' && request.worktreeFolder !== undefined)
    await worktrees.checkFolder(repository, folderOf(''), signal);
  return {
    repository,
    target,
    identity,
    recorded: held?.recorded,
    owner: identity ? ownerOf(identity) : newOwner(repository, target.ref, known, sha256),
    file,
    folderOf,
  };
}

type Known = readonly { readonly worktree: Worktree; readonly identity: Identity | undefined }[];

/** The worktree that the request comes from, when it names just the branch that is checked out there. */
function ownWorktree(paths: Paths, known: Known, request: CreateRequest): Worktree | undefined {
  if (request.target.kind !== 'branch' || request.worktreeFolder !== undefined) return undefined;
  const { branch, base } = request.target;
  const held = known.find(({ worktree }) => worktree.branch === branch && base === undefined)?.worktree;
  return held && paths.contains(held.path, request.folder) ? held : undefined;
}

/** The worktree of a create of this branch that was cut off: it is gone on with instead of refused. */
async function unfinishedWorktree(
  { cluster, sha256 }: PreparePorts,
  repository: Repository,
  known: Known,
  request: CreateRequest,
  signal: AbortSignal,
): Promise<Worktree | undefined> {
  if (request.target.kind !== 'branch') return undefined;
  const asked = request.target.branch;
  const held = known.find(
    ({ worktree }) => worktree.branch !== undefined && [worktree.branch, `origin/${worktree.branch}`].includes(asked),
  );
  if (!held) return undefined;
  if (held.identity) return held.identity.state === 'creating' ? held.worktree : undefined;
  // Cut off between adding the worktree and writing its identity: the namespace was claimed for just this folder.
  const owner = newOwner(repository, `refs/heads/${held.worktree.branch ?? ''}`, known, sha256);
  const claimed = await claimedNamespace(cluster, owner, signal);
  return claimed?.annotations['folder'] === held.worktree.path ? held.worktree : undefined;
}

/** Whether a create that was cut off made a branch, and not yet its worktree. */
async function isBegun({ cluster }: PreparePorts, owner: Owner, signal: AbortSignal): Promise<boolean> {
  return (await claimedNamespace(cluster, owner, signal))?.annotations['created-branch'] === 'true';
}

/** Starts nothing: where no cluster runs, nothing is known to be claimed. */
async function claimedNamespace(
  cluster: Cluster,
  owner: Owner,
  signal: AbortSignal,
): Promise<NamespaceRecord | undefined> {
  if (!(await cluster.probe(signal))) return undefined;
  return (await cluster.listNamespaces(signal)).find((namespace) => isSameOwner(namespace.owner, owner));
}

function ownerOf({ repositoryId, worktreeId: id }: Identity): Owner {
  return { repositoryId, worktreeId: id };
}

function newOwner(repository: Repository, ref: string, known: Known, sha256: (text: string) => string): Owner {
  const held = new Set(known.flatMap(({ identity }) => (identity ? [identity.worktreeId] : [])));
  for (let attempt = 0; ; attempt++) {
    const id = worktreeId(repository.id, ref, attempt, sha256);
    if (!held.has(id)) return { repositoryId: repository.id, worktreeId: id };
  }
}

/** From the commit that will be checked out, so that a broken file is refused before there is a worktree. */
async function readEnvironmentFile(
  { worktrees, environmentFiles }: PreparePorts,
  repository: Repository,
  target: Target,
  signal: AbortSignal,
): Promise<EnvironmentFile> {
  if (target.kind === 'worktree') return environmentFiles.read(target.worktree.path);
  const text = await worktrees.fileAt(repository, target.commit, environmentFileName, signal);
  if (text !== undefined) return environmentFiles.parse(text, environmentFileName);
  const from = target.kind === 'new' ? target.base : target.branch;
  const isUncommitted = await environmentFiles.exists(repository.root);
  throw new AppError(
    'notConfigured',
    isUncommitted
      ? `${environmentFileName} is not committed on ${from}: commit it, so that new worktrees have it.`
      : `There is no ${environmentFileName} on ${from}: it says which services and which database an environment has.`,
  );
}

function worktreeFolder(
  paths: Paths,
  repository: Repository,
  target: Target,
  slug: string,
  asked: string | undefined,
  pattern: string,
): string {
  if (target.kind === 'worktree') return target.worktree.path;
  const parent = paths.parent(repository.root);
  if (asked !== undefined) return paths.resolve(parent, asked);
  const relative = pattern.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) =>
    name === 'repository' ? repository.name : name === 'slug' || name === 'branch' ? slug : whole,
  );
  return paths.resolve(parent, relative);
}
