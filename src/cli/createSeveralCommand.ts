import { createSeveral, severalBranches, severalLines, type MadeOfSeveral } from '../app/environment/createSeveral';
import type { CreateRequest } from '../app/environment/requests';
import type { AgentTask } from '../core/agents/agentTask';
import { AppError } from '../core/errors';
import { approveInTerminal } from './approveInTerminal';
import { withRun, type CliContext } from './context';
import { printable } from './table';
import { exitCodes, notReady, print, printJson } from './terminal';
import { createdJson, errorJson } from './toJson';

export interface SeveralOptions {
  readonly several: string;
  readonly from?: string;
  readonly path?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/**
 * `coppice create --several <n> <prefix>`: n environments one after the other. Their agents start in their windows: this terminal is
 * one, and they are many.
 *
 * @param request what is asked for with each branch
 */
export async function makeSeveral(
  { product, settings, cwd }: CliContext,
  prefix: string | undefined,
  options: SeveralOptions,
  task: AgentTask | undefined,
  request: Omit<CreateRequest, 'target'>,
): Promise<void> {
  if (options.path !== undefined)
    throw new AppError('invalidInput', '--path is the folder of one, and --several makes more.');
  if (options.dryRun) throw new AppError('invalidInput', '--dry-run tells of one branch: leave --several out.');
  const branches = severalBranches(prefix ?? '', Number(options.several));
  const json = options.json === true;
  const several = createSeveral({
    create: product.environments.create,
    requestAgent: (...asked) => product.agents.request(...asked),
    settings: () => settings,
  });
  // Attempts that are compared begin alike: a branch that is there already, with what was done on it, is none.
  const base = options.from ?? (settings['worktree.base'] || (await product.worktrees.defaultBase(cwd)));
  const made = await withRun(json, (run) =>
    several({ request, branches, base, task }, { ...run, approve: approveInTerminal(options) }),
  );
  if (json) printJson({ several: made.map(madeJson) });
  else for (const line of severalLines(made)) print(printable(line));
  process.exitCode = exitCodeOf(made);
}

function madeJson({ branch, result, error, hasAgent }: MadeOfSeveral): object {
  const { error: why } = error ? (errorJson(error) as { error: object }) : { error: null };
  return { branch, created: result ? createdJson(result) : null, error: why, agent: hasAgent };
}

/** The first failure's; where all are made, whether all are ready. */
function exitCodeOf(made: readonly MadeOfSeveral[]): number {
  const failed = made.find(({ error }) => error)?.error;
  if (failed) return exitCodes[failed.code];
  return made.every(({ result }) => result?.ready) ? 0 : notReady;
}
