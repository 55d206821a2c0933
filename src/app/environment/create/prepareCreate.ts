import type { EnvironmentFile } from '../../../core/environmentFile';
import { environmentFileName } from '../../../core/environmentFile';
import { AppError } from '../../../core/errors';
import type { Identity, Owner, Repository, Worktree } from '../../../core/model';
import type { Cluster } from '../../../core/ports/cluster';
import type { EnvironmentFiles } from '../../../core/ports/environmentFiles';
import type { Paths } from '../../../core/ports/host';
import type { Begun, Identities, Worktrees } from '../../../core/ports/worktrees';
import type { Settings } from '../../../core/settings';
import { readWorktrees, type KnownWorktree } from '../../worktrees/readWorktrees';
import { begunPlace, ofBranch } from '../begunPlace';
import { decideTarget, type Target } from './decideTarget';
import { refuseElsewhere } from '../../cluster/refuseElsewhere';
import { refuseSharedRecord } from '../../worktrees/refuseSharedRecord';
import type { CreateRequest } from '../requests';
import { needsDatabaseServer } from '../../infra/recordedInfra';
import { verifyDatabaseServer } from '../../databases/verifyDatabaseServer';
import { verifyQuota } from '../parts/verifyQuota';

export interface PreparePorts {
  readonly worktrees: Worktrees;
  readonly identities: Identities;
  readonly environmentFiles: EnvironmentFiles;
  readonly cluster: Cluster;
  readonly paths: Paths;
  readonly sha256: (text: string) => string;
  /** Another one each time: 12 hex digits. */
  readonly newId: () => string;
  readonly settings: () => Settings;
}

/** All that a create needs to know before it changes anything. */
export interface PreparedCreate {
  readonly repository: Repository;
  readonly target: Target;
  readonly owner: Owner;
  /** Of an earlier create of this environment: one that was cut off is finished, one that was not is brought up to date. */
  readonly identity: Identity | undefined;
  /** Of an earlier create that was cut off before there was a record. */
  readonly begun: Begun | undefined;
  /** The branch is one that Coppice made, and that a delete which was cut off has left. */
  readonly isLeftByDelete: boolean;
  /** The environment was an earlier worktree's, and a person decided to take it over. */
  readonly isAdopted?: boolean;
  readonly known: readonly KnownWorktree[];
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
  const { worktrees, identities } = ports;
  const settings = ports.settings();
  const repository = await worktrees.repository(request.folder, signal);
  const known = (await readWorktrees(ports, repository, signal)).map(({ worktree, identity: recorded, problem }) => {
    // A copied repository has records of what the other one owns.
    const identity = recorded?.owner.repositoryId === repository.id ? recorded : undefined;
    return { worktree, identity, recorded, problem };
  });

  const own =
    ownWorktree(ports.paths, known, request) ?? (await unfinishedWorktree(identities, repository, known, request));
  const target = await decideTarget(
    worktrees,
    repository,
    known.map(({ worktree }) => worktree),
    own ? { ...request, target: { kind: 'worktree', path: own.path } } : request,
    settings['worktree.base'],
    async (ref) => (await identities.readBegun(ofBranch(repository, ref)).then(ofCreate))?.createdBranch === true,
    signal,
  );
  const held = target.kind === 'worktree' ? known.find(({ worktree }) => worktree === target.worktree) : undefined;
  // A damaged record is the trouble of its own worktree, and of no other.
  if (held?.problem) throw held.problem;
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
  const begun = identity ? undefined : await readBegun(identities, repository, target, known);
  return {
    repository,
    target,
    identity,
    recorded: held?.recorded,
    owner: identity ? identity.owner : { repositoryId: repository.id, worktreeId: begun?.worktreeId ?? ports.newId() },
    begun,
    isLeftByDelete: await isLeftByDelete(identities, repository, target),
    known,
    file,
    folderOf,
  };
}

type Known = readonly KnownWorktree[];

/** The worktree that the request comes from, when it names just the branch that is checked out there. */
function ownWorktree(paths: Paths, known: Known, request: CreateRequest): Worktree | undefined {
  if (request.target.kind !== 'branch' || request.worktreeFolder !== undefined) return undefined;
  const { branch, base } = request.target;
  const held = known.find(({ worktree }) => worktree.branch === branch && base === undefined)?.worktree;
  return held && paths.contains(held.path, request.folder) ? held : undefined;
}

/** The worktree of a create of this branch that was cut off: it is gone on with instead of refused. */
async function unfinishedWorktree(
  identities: Identities,
  repository: Repository,
  known: Known,
  request: CreateRequest,
): Promise<Worktree | undefined> {
  if (request.target.kind !== 'branch') return undefined;
  const asked = request.target.branch;
  const held = known.find(
    ({ worktree }) => worktree.branch !== undefined && [worktree.branch, `origin/${worktree.branch}`].includes(asked),
  );
  if (!held) return undefined;
  if (held.problem) throw held.problem;
  if (held.identity) return held.identity.state === 'creating' ? held.worktree : undefined;
  // Cut off between adding the worktree and writing its record.
  const { beingMade, branch = '' } = held.worktree;
  if (beingMade === undefined) return undefined;
  const begun = await identities.readBegun(ofBranch(repository, `refs/heads/${branch}`));
  return begun?.worktreeId === beingMade ? held.worktree : undefined;
}

function ofCreate(begun: Begun | undefined): Begun | undefined {
  return begun?.deletingAt === undefined ? begun : undefined;
}

/** Whether the branch is what a delete that was cut off was to delete next; with other commits it is a person's own. */
async function isLeftByDelete(identities: Identities, repository: Repository, target: Target): Promise<boolean> {
  if (target.kind !== 'existing') return false;
  return (await identities.readBegun(ofBranch(repository, target.ref)))?.deletingAt === target.commit;
}

/** What a worktree of today has begun is its own; what another one has since recorded is that one's. */
async function readBegun(
  identities: Identities,
  repository: Repository,
  target: Target,
  known: Known,
): Promise<Begun | undefined> {
  const begun = ofCreate(await identities.readBegun(begunPlace(repository, target)));
  const isTaken = known.some(({ identity }) => identity?.owner.worktreeId === begun?.worktreeId);
  return begun && !isTaken ? begun : undefined;
}

/** From the commit that will be checked out, so that a broken file is refused before there is a worktree. */
async function readEnvironmentFile(
  { worktrees, environmentFiles }: PreparePorts,
  repository: Repository,
  target: Target,
  signal: AbortSignal,
): Promise<EnvironmentFile> {
  // What is being made may not have it yet.
  if (target.kind === 'worktree' && target.worktree.beingMade === undefined)
    return environmentFiles.read(target.worktree.path);
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
