import { environmentFileName } from '../../core/environmentFile';
import { AppError, isAppError } from '../../core/errors';
import type { ClusterIdentity } from '../../core/model';
import type { Approvals } from '../../core/ports/approvals';
import type { EnvironmentFiles } from '../../core/ports/environmentFiles';
import type { Clock, Paths } from '../../core/ports/host';
import { includeFile } from '../../core/ports/worktreeFiles';
import type { Worktrees } from '../../core/ports/worktrees';
import { copySelection, deedOf, type RepositoryCommand } from '../../core/repositoryCommands';
import type { Run } from '../run/run';
import { lockfiles } from '../../core/dependencies/dependencyProjects';
import { readCommands } from './readCommands';

export interface ApprovalPorts {
  readonly approvals: Approvals;
  readonly worktrees: Pick<Worktrees, 'repository' | 'list' | 'filesDigest' | 'filesNamed' | 'fileAt'>;
  readonly paths: Pick<Paths, 'contains'>;
  readonly environmentFiles: Pick<EnvironmentFiles, 'read'>;
  /** Folders whose own files the person trusts: those of a trusted window. */
  readonly trustedFolders: () => readonly string[];
  readonly cluster: { readonly identity: ClusterIdentity };
  readonly clock: Clock;
  readonly sha256: (text: string) => string;
}

export interface ApprovalRequest {
  readonly repositoryId: string;
  /** The branch or commit whose file says so, for a person. */
  readonly source: string;
  /** Of the file as it was read, and as it will be run: nothing is read again. */
  readonly commands: readonly RepositoryCommand[];
}

export interface Approval {
  /** A person was asked: what the request was read from may be another by now. */
  readonly wasAsked: boolean;
  /** Not approved, and not to be run: nobody could be asked about what the file does not say. */
  readonly left: readonly RepositoryCommand[];
}

/**
 * Lets commands of a repository through that were approved by their content; the others are approved by a trusted folder whose own
 * file says the same, or by a person who is asked once. Records who approves, and changes nothing else.
 *
 * @throws unapproved when there is nobody to ask, or they say no
 */
export async function approveCommands(
  ports: ApprovalPorts,
  request: ApprovalRequest,
  { approve, signal }: Pick<Run, 'approve' | 'signal'>,
): Promise<Approval> {
  const { repositoryId, source } = request;
  const { open, asked } = await openCommands(ports, request, signal);
  // What nobody has asked for must not fail what was asked for.
  const isLeft = approve === undefined && asked.every(({ isUnasked, isWithOthers }) => isUnasked ?? isWithOthers);
  const isAsked = asked.length > 0 && !isLeft;
  if (isAsked && !(await approve?.({ source, commands: asked }, signal))) throw refusal(source, asked);
  signal.throwIfAborted();
  const approvedAt = new Date(ports.clock.now()).toISOString();
  const left = isLeft ? asked : [];
  const approved = open.filter((one) => !left.includes(one) && (!one.isWithOthers || asked.includes(one)));
  const records = approved.map(({ content, text }) => ({
    ...{ digest: ports.sha256(content), command: text, approvedAt },
  }));
  if (records.length > 0) await ports.approvals.add(repositoryId, records);
  return { wasAsked: isAsked, left };
}

/** Those that a person would be asked about. Changes nothing. */
export async function commandsToApprove(
  ports: ApprovalPorts,
  request: ApprovalRequest,
  signal: AbortSignal,
): Promise<readonly RepositoryCommand[]> {
  return (await openCommands(ports, request, signal)).asked;
}

/** Those that were not approved, and which of them no trusted folder's own file says. */
async function openCommands(ports: ApprovalPorts, request: ApprovalRequest, signal: AbortSignal) {
  const open = await unapproved(ports, request);
  if (open.length === 0) return { open, asked: open };
  const trusted = await trustedDigests(ports, request.repositoryId, signal);
  return { open, asked: withOthers(open.filter(({ content }) => !trusted.has(ports.sha256(content)))) };
}

function withOthers(commands: readonly RepositoryCommand[]): readonly RepositoryCommand[] {
  return commands.every(({ isWithOthers }) => isWithOthers) ? [] : commands;
}

/** For what is decided again where nobody can be asked any more. @returns what is not to be run @throws unapproved */
export async function refuseUnapproved(
  ports: ApprovalPorts,
  request: ApprovalRequest,
): Promise<readonly RepositoryCommand[]> {
  const open = (await unapproved(ports, request)).filter(({ isWithOthers }) => !isWithOthers);
  if (!open.every(({ isUnasked }) => isUnasked)) throw refusal(request.source, open);
  return open;
}

async function unapproved(
  { approvals, sha256 }: ApprovalPorts,
  { repositoryId, commands }: ApprovalRequest,
): Promise<readonly RepositoryCommand[]> {
  const byDigest = new Map(commands.map((command) => [sha256(command.content), command]));
  const open = await approvals.unapproved(repositoryId, [...byDigest.keys()]);
  return [...byDigest].flatMap(([digest, command]) => (open.has(digest) ? [command] : []));
}

/**
 * Of the files as they are in the worktrees of the repository that the person works in and trusts, whatever other branches say. What
 * another repository says is of its own scripts.
 */
async function trustedDigests(
  ports: ApprovalPorts,
  repositoryId: string,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const said = await Promise.all(
    ports.trustedFolders().map(async (folder) => {
      try {
        const repository = await ports.worktrees.repository(folder, signal);
        if (repository.id !== repositoryId) return [];
        const holding = (await ports.worktrees.list(repository, signal))
          .filter(({ path }) => ports.paths.contains(path, folder))
          .sort((a, b) => b.path.length - a.path.length)[0];
        if (!holding) return [];
        const file = await ports.environmentFiles.read(holding.path);
        const include = await ports.worktrees.fileAt(repository, holding.head, includeFile, signal);
        const at = { folder: holding.path };
        const found = await ports.worktrees.filesNamed(repository, at, lockfiles, signal);
        const commands = await readCommands(ports, repository, file, at, found, signal);
        return [...commands, ...copySelection(file, include)];
      } catch (error) {
        // A folder of no repository, without a file, or with a broken one, says nothing.
        if (isAppError(error)) return [];
        throw error;
      }
    }),
  );
  return new Set(said.flat().map(({ content }) => ports.sha256(content)));
}

function refusal(source: string, commands: readonly RepositoryCommand[]): AppError {
  return new AppError(
    'unapproved',
    `${environmentFileName} of ${source} ${deedOf(commands)}, which you have not approved: nothing was done.`,
    {
      explanation: [
        ...commands.map(({ place, text }) => `${place}: ${text}`),
        'You are asked in a terminal and in the editor; --yes approves them as they stand here.',
      ].join('\n'),
      commands,
    },
  );
}
