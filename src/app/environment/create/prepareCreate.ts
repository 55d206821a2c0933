import type { EnvironmentFile } from '../../../core/environmentFile';
import { environmentFileAdvice, environmentFileName } from '../../../core/environmentFile';
import { AppError, isAppError, toAppError } from '../../../core/errors';
import type { Repository, Worktree } from '../../../core/model';
import type { Paths } from '../../../core/ports/host';
import type { Begun, Identities } from '../../../core/ports/worktrees';
import type { KnownWorktree } from '../../worktrees/readWorktrees';
import { readKnown, seenAs } from './recordedWorktrees';
import { lockfiles as lockfileNames } from '../../../core/dependencies/dependencyProjects';
import { begunPlace, ofBranch } from '../begunPlace';
import { filesAt } from '../filesAt';
import { decideTarget } from './decideTarget';
import { filesSource, fromItsCommit } from './filesSource';
import { forkSource } from './forkSource';
import { refuseElsewhere } from '../../cluster/refuseElsewhere';
import { refuseSharedRecord } from '../../worktrees/refuseSharedRecord';
import { worktreeFolder } from '../../worktrees/worktreeFolder';
import { deleteLock, environmentLock } from '../../run/withLock';
import type { CreateRequest } from '../requests';
import { withUsedServices } from './usedPrograms';
import { verifyPlaces } from './verifyPlaces';
import { wantedCopies } from './wantedCopies';
import type { CreatePorts } from '../createPorts';
import type { Part } from '../parts/part';
import type { PreparedCreate, Target } from '../preparedCreate';

/**
 * Reads, decides and refuses; changes nothing.
 *
 * @throws invalidInput, notConfigured, conflict, notFound: one line that says what to do
 */
export async function prepareCreate(
  ports: CreatePorts,
  parts: readonly Part[],
  request: CreateRequest,
  repository: Repository,
  signal: AbortSignal,
): Promise<PreparedCreate> {
  const { worktrees, identities } = ports;
  const settings = ports.settings();
  const known = await readKnown(ports, repository, signal);
  const own =
    ownWorktree(ports.paths, known, request) ?? (await unfinishedWorktree(identities, repository, known, request));
  const deciding = decideTarget(
    worktrees,
    repository,
    known.map(({ worktree }) => worktree),
    own ? { ...request, target: { kind: 'worktree', path: own.path } } : fromItsCommit(request, known),
    settings['worktree.base'],
    async (ref) => (await identities.readBegun(ofBranch(repository, ref)).then(ofCreate))?.createdBranch === true,
    signal,
  );
  const target = await orBusy(ports, known, deciding);
  const held = target.kind === 'worktree' ? known.find(({ worktree }) => worktree === target.worktree) : undefined;
  // A damaged record is the trouble of its own worktree, and of no other.
  if (held?.problem) throw held.problem;
  const identity = held?.identity;
  if (held) refuseSharedRecord(known, held.worktree, identity);
  if (identity) refuseElsewhere(identity, ports.cluster.identity);
  const folders = [repository.root, ...known.map(({ worktree }) => worktree.path)];
  const file = await withUsedServices(ports, await readEnvironmentFile(ports, repository, target, signal), folders);
  const written = await identities.readBegun(begunPlace(repository, target));
  const begun = identity ? undefined : unlessTaken(ofCreate(written), known);
  const databaseFrom = forkSource(request, known, { identity, left: begun?.parts }, file, ports.cluster.identity);
  const filesFrom = await filesSource(ports, request, known, target, file);
  // First what lists all that the commit has: by that the others are told.
  const [lockfiles, copies, patched] = await Promise.all([
    file.dependencies === false ? [] : worktrees.filesNamed(repository, filesAt(target), lockfileNames, signal),
    wantedCopies(ports, repository, target, file, signal),
    identity?.parts['patch'] && held ? ports.worktreeFiles.patched(held.worktree) : [],
  ]);
  await verifyPlaces(ports, repository, target, file, copies, signal);
  const asked = { file, target, copies, lockfiles, patched, identity, cluster: ports.cluster.identity };
  for (const part of parts)
    if (part.wanted?.(asked) ?? true) await part.verify?.({ ports, repository, target, file, signal });
  const folderOf = (slug: string): string =>
    folderFor(ports.paths, repository, target, slug, request.worktreeFolder, settings['worktree.folder']);
  if (target.kind !== 'worktree' && request.worktreeFolder !== undefined)
    await worktrees.checkFolder(repository, folderOf(''), signal);
  return {
    repository,
    target,
    identity,
    recorded: held?.recorded,
    owner: identity ? identity.owner : { repositoryId: repository.id, worktreeId: begun?.worktreeId ?? ports.newId() },
    begun,
    // With other commits it is a person's own.
    isLeftByDelete: target.kind === 'existing' && written?.deletingAt === target.commit,
    known,
    seen: seenAs(known, written),
    file,
    copies,
    lockfiles,
    patched,
    databaseFrom,
    filesFrom,
    folderOf,
  };
}

type Known = readonly KnownWorktree[];

/** Where somebody is at work at the worktree that is in the way, that is told, too: it may be going. */
async function orBusy({ locks }: CreatePorts, known: Known, deciding: Promise<Target>): Promise<Target> {
  try {
    return await deciding;
  } catch (error) {
    const action = isAppError(error, 'conflict') ? error.remedy?.action : undefined;
    const path = action?.kind === 'openWorktree' ? action.path : undefined;
    const holder = known.find(({ worktree }) => worktree.path === path);
    if (!holder) throw error;
    const { identity, worktree } = holder;
    const busy = await locks.whatHolds(identity ? environmentLock(identity.owner) : deleteLock(worktree));
    if (busy === undefined) throw error;
    throw new AppError(
      'conflict',
      `${toAppError(error).message.replace(/\.$/, '')}, where Coppice is at work: ${busy}.`,
      {
        remedy: { title: 'Try Again', action: { kind: 'retry' } },
        cause: error,
      },
    );
  }
}

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

/** What a worktree of today has begun is its own; what another one has since recorded is that one's. */
function unlessTaken(begun: Begun | undefined, known: Known): Begun | undefined {
  const isTaken = known.some(({ identity }) => identity?.owner.worktreeId === begun?.worktreeId);
  return isTaken ? undefined : begun;
}

/** From the commit that will be checked out, so that a broken file is refused before there is a worktree. */
async function readEnvironmentFile(
  { worktrees, environmentFiles }: CreatePorts,
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
    isUncommitted
      ? {
          remedy: {
            title: `Commit ${environmentFileName}`,
            action: { kind: 'commitFile', folder: repository.root, file: environmentFileName },
          },
        }
      : { explanation: environmentFileAdvice },
  );
}

function folderFor(
  paths: Paths,
  repository: Repository,
  target: Target,
  slug: string,
  asked: string | undefined,
  pattern: string,
): string {
  if (target.kind === 'worktree') return target.worktree.path;
  if (asked !== undefined) return paths.resolve(paths.parent(repository.root), asked);
  return worktreeFolder(paths, repository, slug, pattern);
}
