import { promotionJson, promotionPlanJson } from '../app/promote/promotionJson';
import { doneText, planLines, undoCommand } from '../app/promote/promotionText';
import type { DroppedWorktree, Promotion } from '../app/promote/promoteBranch';
import type { PromotionPlan, PromotionRequest } from '../app/promote/planPromotion';
import { deleteRemarks } from '../app/view/deleteRemarks';
import { AppError, isAppError, lossKinds, type Loss } from '../core/errors';
import { approveInTerminal } from './approveInTerminal';
import { type CliContext, pick, type Register, snapshotOf, withRun } from './context';
import { listOption } from './listOption';
import { sweepAtEnd } from './sweepAtEnd';
import { printable } from './table';
import { exitCodes, print, printJson } from './terminal';
import { hasPerson, ownTerminal, yesOrNo, type Terminal } from './yesOrNo';

interface Options {
  readonly into?: string;
  readonly committedOnly?: boolean;
  readonly pullRequest?: boolean;
  readonly drop?: readonly string[];
  readonly discard?: readonly Loss['kind'][];
  readonly keepBranches?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export const registerPromote: Register = (program, context) => {
  program
    .command('promote')
    .description('take one of several attempts: merge its branch, and delete others')
    .argument('<name>', 'branch, slug or folder of it')
    .option('--into <base>', 'the branch that it is merged into (default: the default branch)')
    .option('--committed-only', 'leave what is not committed in its worktree')
    .option('--pull-request', 'push it and open a pull request by gh, in place of a merge; asks first')
    .option('--drop <names...>', 'delete these worktrees then; refuses what would lose work or data')
    .addOption(listOption('--discard <losses>', 'accept losing with them, by name', 'loss', lossKinds))
    .option('--keep-branches', 'keep the branches of those that are dropped')
    .option('--yes', 'push, and approve the teardown of what is dropped, without a question')
    .option('--dry-run', 'say what it would do, and what stands in its way')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', promoteHelp)
    .action(async (name: string, options: Options) => {
      const { json = false } = options;
      const request = await requestOf(context, name, options);
      const plan = await withRun(true, (run) => context.product.promotions.plan(request, run));
      if (options.dryRun) {
        if (json) printJson(promotionPlanJson(plan));
        else print(planText(plan));
        return;
      }
      if (!json) process.stderr.write(`${planLines(plan).map(printable).join('\n')}\n`);
      await confirmPush(plan, options);
      const asked = { ...request, seen: plan.look, accepted: options.discard ?? [] };
      const promotion = await withRun(json, (run) =>
        context.product.promotions.promote(asked, { ...run, approve: approveInTerminal(options) }),
      ).catch((error: unknown) => {
        throw withWays(error, plan, options);
      });
      if (json) printJson(promotionJson(promotion));
      else tell(promotion);
      if (promotion.dropped.some(({ kind }) => kind === 'failed')) process.exitCode = exitCodes.failed;
      if (promotion.dropped.length > 0) await sweepAtEnd(context, plan.repository.root);
    });
};

const promoteHelp = `
Where the base is checked out git merges there, and its files follow; else only the branch moves. A fast-forward where that is
possible, else a merge commit, as merge.ff says. A conflict changes nothing. Nothing is pushed but with --pull-request.
Exit code ${exitCodes.conflict}: something stands in the way, and nothing was changed; ${exitCodes.failed}: it is merged, but a worktree could not be dropped.`;

async function requestOf(
  context: CliContext,
  name: string,
  { into, drop = [], committedOnly = false, pullRequest = false, keepBranches = false }: Options,
): Promise<PromotionRequest> {
  const snapshot = await snapshotOf(context);
  const paths = drop.map((each) => pick(snapshot, context, each, false).worktree.path);
  return {
    // The folder that this runs in may be one that is dropped.
    ...{ folder: snapshot.repository?.root ?? context.cwd, branch: branchNamed() },
    ...{ base: into, drop: paths, committedOnly, pullRequest, keepBranches },
  };

  function branchNamed(): string {
    try {
      const { worktree } = pick(snapshot, context, name, false);
      if (worktree.branch !== undefined) return worktree.branch;
      throw new AppError(
        'invalidInput',
        `No branch is checked out in ${worktree.path}: "git switch -c BRANCH" there makes one of its commits.`,
      );
    } catch (error) {
      // A branch may have no worktree.
      if (isAppError(error, 'notFound')) return name;
      throw error;
    }
  }
}

/** @throws conflict where the answer is no, and where nobody can be asked */
async function confirmPush(
  { look: { branch, base }, proposal, obstacles }: PromotionPlan,
  { yes, json }: Options,
  terminal: Terminal = ownTerminal(),
): Promise<void> {
  // What is in the way is told instead.
  if (!proposal || yes || obstacles.length > 0) return;
  if (json || !hasPerson(terminal))
    throw new AppError('conflict', 'Nothing was pushed: that is asked for first, and --yes answers it.');
  const then = proposal.existing ? 'for its pull request' : `and open a pull request into ${base}`;
  const question = printable(`Push ${branch} to ${proposal.remote} ${then}?`);
  const isMeant = await withRun(true, ({ signal }) => yesOrNo(question, signal, terminal));
  if (!isMeant) throw new AppError('conflict', 'Nothing was pushed.');
}

function planText(plan: PromotionPlan): string {
  const { obstacles } = plan;
  const inTheWay = obstacles.length === 0 ? [] : ['In the way:', ...obstacles.map(({ text }) => `  ${text}`)];
  return [...planLines(plan), ...inTheWay].map(printable).join('\n');
}

/** In a terminal a person accepts by running the command again with what they accept. */
function withWays(error: unknown, { obstacles }: PromotionPlan, { discard = [], drop = [] }: Options): unknown {
  if (!isAppError(error, 'conflict')) return error;
  const kinds = [...new Set([...discard, ...error.losses.map(({ kind }) => kind)])];
  const ways = [
    ...(error.losses.length > 0 && drop.length > 0 ? [`To lose it all the same: --discard ${kinds.join(',')}`] : []),
    ...(error.losses.some(({ kind }) => kind === 'unpushed') ? ['To keep the commits: --keep-branches'] : []),
    ...(obstacles.some(({ kind }) => kind === 'uncommitted')
      ? ['To take what is committed, and leave the rest where it is: --committed-only']
      : []),
  ];
  const { message, explanation = '', losses, remedy } = error;
  return new AppError('conflict', message, {
    ...{ explanation: [explanation, ...ways].filter((line) => line !== '').join('\n'), losses, cause: error },
    ...(remedy ? { remedy } : {}),
  });
}

/** What came of it on stdout; on stderr how it is taken back. */
function tell(promotion: Promotion): void {
  print([doneText(promotion), ...promotion.dropped.map(droppedText)].map(printable).join('\n'));
  const undo = undoCommand(promotion);
  const remarks = promotion.dropped.flatMap((each) => (each.kind === 'removed' ? deleteRemarks(each.result) : []));
  const { base, from } = promotion.look;
  const lines = [...(undo === undefined ? [] : [`${base} was at ${from}. To go back: ${undo}`]), ...remarks];
  for (const line of lines) process.stderr.write(`${printable(line)}\n`);
}

function droppedText(dropped: DroppedWorktree): string {
  const { name } = dropped;
  if (dropped.kind === 'failed') return `${name}: stays, ${dropped.error.message}`;
  const { worktree, environment, branch, undo } = dropped.result;
  const fates = Object.entries({ environment, worktree, branch }).filter(([, fate]) => fate !== 'none');
  const back = undo === undefined ? '' : ` ("coppice undo ${name}" brings it back)`;
  return `${name}: ${fates.map(([what, fate]) => `${what} ${fate}`).join(', ')}${back}`;
}
