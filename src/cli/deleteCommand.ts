import type { DeleteResult } from '../app/environment/requests';
import { deleteRemarks } from '../app/view/deleteRemarks';
import { AppError, isAppError, lossKinds, type Loss } from '../core/errors';
import type { WorktreeEntry } from '../core/model';
import { ownBranch } from '../core/worktrees/ownBranch';
import { approvalOption, approveInTerminal } from './approveInTerminal';
import { type Register, pick, withRun } from './context';
import { findOrphan } from './find';
import { listOption } from './listOption';
import { sweepAtEnd } from './sweepAtEnd';
import { printable } from './table';
import { print, printJson } from './terminal';

interface Options {
  readonly discard?: readonly Loss['kind'][];
  readonly keepBranch?: boolean;
  readonly environmentOnly?: boolean;
  readonly skipTeardown?: boolean;
  readonly yes?: boolean;
  readonly namespace?: string;
  readonly json?: boolean;
}

export const registerDelete: Register = (program, context) => {
  program
    .command('delete')
    .description('delete a worktree with its environment; refuses what would lose work or data')
    .argument('[name]', 'branch, slug, namespace or folder')
    .option('--namespace <namespace>', 'an environment whose worktree is gone, from anywhere: "list --all" names them')
    .addOption(listOption('--discard <losses>', 'accept losing, by name', 'loss', lossKinds))
    .option('--keep-branch', 'keep the branch, and with it commits that were pushed nowhere')
    .option('--environment-only', 'keep the worktree')
    .option('--skip-teardown', 'do without the teardown commands of coppice.yaml')
    .option(...approvalOption)
    .option('--json', 'print one line of JSON')
    .action(async (given: string | undefined, options: Options) => {
      const { product, cwd } = context;
      const accepted = [...(options.discard ?? []), ...(options.skipTeardown ? (['teardown'] as const) : [])];
      const name = nameGiven(given, options);
      let told = name;
      // The folder that this runs in may be the one that is deleted.
      let root = cwd;
      const deleted = await withRun(options.json === true, async (run): Promise<Outcome> => {
        if (options.namespace !== undefined) {
          await product.environments
            .deleteByNamespace({ namespace: options.namespace, accepted }, run)
            .catch((error: unknown) => {
              throw withHint(error);
            });
          return { environment: 'deleted', worktree: 'none', branch: 'none' };
        }
        const snapshot = await product.snapshots.read(cwd, run.signal);
        root = snapshot.repository?.root ?? cwd;
        const found = async (): Promise<WorktreeEntry | undefined> => {
          try {
            return pick(snapshot, context, name, false);
          } catch (error) {
            // What a delete that was cut off has left is a branch alone.
            if (
              isAppError(error, 'notFound') &&
              (await product.environments.finishDelete({ folder: cwd, branch: name }, run))
            )
              return undefined;
            throw error;
          }
        };
        const orphan = findOrphan(snapshot, name);
        if (orphan) {
          const request = { folder: cwd, namespace: orphan.namespace, accepted };
          await product.environments.deleteOrphan(request, run).catch((error: unknown) => {
            throw withHint(error);
          });
          return { environment: 'deleted', worktree: 'none', branch: 'none' };
        }
        const entry = await found();
        if (!entry) return { environment: 'none', worktree: 'none', branch: 'deleted' };
        const { worktree, identity } = entry;
        told = worktree.branch ?? worktree.path;
        const request = {
          folder: root,
          path: worktree.path,
          accepted,
          // Commits of a branch that stays anyway are not lost.
          keepBranch: options.keepBranch === true || ownBranch(worktree, identity) === undefined,
          environmentOnly: options.environmentOnly === true,
        };
        return product.environments
          .delete(request, { ...run, approve: approveInTerminal(options) })
          .catch((error: unknown) => {
            throw withHint(error);
          });
      });
      if (options.json) printJson(deleted);
      else print(`${printable(name)}: ${deletedText(deleted)}`);
      if (deleted.left !== undefined) process.stderr.write(`! ${printable(deleted.left)}\n`);
      if (!options.json) tellWayBack(told, deleted);
      if (options.namespace === undefined) await sweepAtEnd(context, root);
    });
};

type Outcome = Readonly<Record<'environment' | 'worktree' | 'branch', string>> &
  Pick<DeleteResult, 'left' | 'undo' | 'recovery' | 'lost' | 'programs'>;

/** On stderr: whoever reads stdout reads what became of it. */
function tellWayBack(name: string, { undo, recovery = [], lost, programs = [] }: Outcome): void {
  const quoted = /^[\w./@+-]+$/.test(name) ? name : JSON.stringify(name);
  const lines = [
    ...(undo === undefined ? [] : [`"coppice undo ${quoted}" brings the worktree back.`]),
    ...(lost === undefined ? [] : [`! ${lost}`]),
    ...deleteRemarks({ recovery, programs }),
  ];
  for (const line of lines) process.stderr.write(`${printable(line)}\n`);
}

function nameGiven(name: string | undefined, { namespace, keepBranch, environmentOnly }: Options): string {
  const given = name ?? namespace;
  if (given === undefined) throw new AppError('invalidInput', "missing required argument 'name' (coppice --help)");
  if (namespace !== undefined && (name !== undefined || keepBranch || environmentOnly)) {
    throw new AppError(
      'invalidInput',
      '--namespace deletes an environment without a worktree: it goes with --discard only.',
    );
  }
  return given;
}

function deletedText(deleted: Readonly<Record<'environment' | 'worktree' | 'branch', string>>): string {
  const { environment, worktree, branch } = deleted;
  const parts = Object.entries({ environment, worktree, branch });
  return parts
    .filter(([, fate]) => fate !== 'none')
    .map(([what, fate]) => `${what} ${fate}`)
    .join(', ');
}

/** In a terminal the person accepts a loss by running the command again with its name. */
function withHint(error: unknown): unknown {
  if (!isAppError(error, 'conflict') || error.losses.length === 0) return error;
  const lost = error.losses.filter(({ kind }) => kind !== 'teardown');
  const ways = [
    ...(lost.length > 0 ? [`To lose it all the same: --discard ${lost.map(({ kind }) => kind).join(',')}`] : []),
    ...(lost.length < error.losses.length ? ['To delete it all the same: --skip-teardown'] : []),
  ];
  // What no branch has, keeping one does not keep.
  const isKept = error.losses.some(({ kind, advice }) => kind === 'unpushed' && advice === undefined);
  const keep = isKept ? ' (--keep-branch keeps the commits)' : '';
  return new AppError('conflict', error.message, {
    explanation: `${error.explanation ?? ''}\n${ways.join('\n')}${keep}`,
    losses: error.losses,
    cause: error,
  });
}
