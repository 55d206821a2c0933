import { environmentFileName } from '../../core/environmentFile';
import { AppError, isAppError } from '../../core/errors';
import type { ClusterIdentity } from '../../core/model';
import type { Approvals } from '../../core/ports/approvals';
import type { EnvironmentFiles } from '../../core/ports/environmentFiles';
import type { Clock, Paths } from '../../core/ports/host';
import type { Worktrees } from '../../core/ports/worktrees';
import type { RepositoryCommand } from '../../core/repositoryCommands';
import type { Run } from '../run/run';
import { readCommands } from './readCommands';

export interface ApprovalPorts {
  readonly approvals: Approvals;
  readonly worktrees: Pick<Worktrees, 'repository' | 'list' | 'filesDigest'>;
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

/**
 * Lets commands of a repository through that were approved by their content; the others are approved by a trusted folder whose own
 * file says the same, or by a person who is asked once. Records who approves, and changes nothing else.
 *
 * @returns whether a person was asked: what the request was read from may be another by now
 * @throws unapproved when there is nobody to ask, or they say no
 */
export async function approveCommands(
  ports: ApprovalPorts,
  request: ApprovalRequest,
  { approve, signal }: Pick<Run, 'approve' | 'signal'>,
): Promise<boolean> {
  const { repositoryId, source } = request;
  const open = await unapproved(ports, request);
  if (open.length === 0) return false;
  const trusted = await trustedDigests(ports, repositoryId, signal);
  const asked = open.filter(({ content }) => !trusted.has(ports.sha256(content)));
  if (asked.length > 0 && !(await approve?.({ source, commands: asked }, signal))) throw refusal(source, asked);
  signal.throwIfAborted();
  const approvedAt = new Date(ports.clock.now()).toISOString();
  await ports.approvals.add(
    repositoryId,
    open.map(({ content, text }) => ({ digest: ports.sha256(content), command: text, approvedAt })),
  );
  return asked.length > 0;
}

/** For what is decided again where nobody can be asked any more. @throws unapproved */
export async function refuseUnapproved(ports: ApprovalPorts, request: ApprovalRequest): Promise<void> {
  const open = await unapproved(ports, request);
  if (open.length > 0) throw refusal(request.source, open);
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
        return await readCommands(ports, repository, file, { folder: holding.path }, signal);
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
  const what = commands.length === 1 ? 'a command' : `${commands.length} commands`;
  return new AppError(
    'unapproved',
    `${environmentFileName} of ${source} runs ${what} on this machine that you have not approved: nothing was done.`,
    {
      explanation: [
        ...commands.map(({ place, text }) => `${place}: ${text}`),
        'You are asked in a terminal and in the editor; --yes approves them as they stand here.',
      ].join('\n'),
      commands,
    },
  );
}
