import { formatTable } from '../core/text/formatTable';
import { Option } from 'commander';
import { changeText, upToDateText, type UpdateChange } from '../app/environment/update/updateChange';
import type { CreatePlan, CreateRequest, CreateResult } from '../app/environment/requests';
import type { AgentTask } from '../core/agents/agentTask';
import { AppError, isAppError } from '../core/errors';
import { isTroubled } from '../core/services/isTroubled';
import { mayStartAgent } from '../core/sessions/mayStartAgent';
import type { AgentProgram } from '../core/ports/agents';
import { agentTask, withAgentOptions, type AgentOptions } from './agentOptions';
import { approvalOption, approveInTerminal } from './approveInTerminal';
import { pick, snapshotOf, type Register, withRun } from './context';
import { discardData, withDiscardHint } from './discardData';
import { tellGatewayPort } from './gatewayPort';
import { makeSeveral } from './createSeveralCommand';
import { settingFlags } from './settingFlags';
import { sweepAtEnd } from './sweepAtEnd';
import { printable, troubleText } from './table';
import { notReady, notReadyHelp, print, printJson } from './terminal';
import { createdJson, planJson } from './toJson';

interface Options extends AgentOptions {
  readonly from?: string;
  readonly path?: string;
  readonly adopt?: boolean;
  readonly fresh?: boolean;
  readonly databaseFrom?: string;
  readonly several?: string;
  readonly wait?: boolean;
  readonly discard?: readonly 'data'[];
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly steps?: boolean;
}

export const registerCreate: Register = (program, context) => {
  const create = program
    .command('create')
    .description('create a worktree with an environment of its own; without a branch, an environment for this worktree')
    .argument('[branch]', 'a local branch, a remote one (origin/x), or a new name')
    .option(...settingFlags['worktree.base'])
    .option('--path <folder>', 'where the worktree goes')
    .option('--adopt', 'take over the environment that an earlier worktree of the branch left, with its data')
    .option('--fresh', 'delete that environment and its database first')
    .option(
      '--database-from <worktree>',
      "make its database a copy of what that worktree's has now, not of the template",
    );
  withAgentOptions(create)
    .option('--several <n>', 'as many, one after the other: BRANCH-1, BRANCH-2, …; agents start in their windows')
    .option('--wait', 'where another process makes this environment, wait for what it makes')
    .addOption(discardData())
    .option('--dry-run', 'print the names, the steps and what an update would change, and do nothing')
    .option(...approvalOption)
    .option('--json', 'print one line of JSON')
    .addOption(new Option('--steps', 'tell the steps also with --json').hideHelp())
    .addHelpText('after', notReadyHelp)
    .action(async (branch: string | undefined, options: Options) => {
      const shared = {
        folder: context.cwd,
        ...found(options),
        ...(await databaseFrom(options)),
        ...(options.wait ? { waits: true } : {}),
        ...(options.discard ? { accepted: options.discard } : {}),
      };
      const { several } = options;
      if (several !== undefined)
        return makeSeveral(context, branch, { ...options, several }, await agentTask(context, options), shared);
      const path = options.path === undefined ? {} : { worktreeFolder: options.path };
      return make({ ...shared, ...path, target: await target(branch, options) }, options);
    });

  const fork = program
    .command('fork')
    .description('a second attempt: a new branch and worktree with all files and the database of another one')
    .argument('<worktree>', 'branch, slug or folder; it is left as it is')
    .argument('<branch>', 'the new branch, from the same commit')
    .option('--path <folder>', 'where the worktree goes');
  withAgentOptions(fork)
    .option('--dry-run', 'print the names and the steps, and do nothing')
    .option(...approvalOption)
    .option('--json', 'print one line of JSON')
    .addHelpText('after', forkHelp)
    .action(async (name: string, branch: string, options: Options) => {
      const { worktree, identity } = pick(await snapshotOf(context), context, name, true);
      const request: CreateRequest = {
        folder: context.cwd,
        target: { kind: 'branch', branch },
        ...(options.path === undefined ? {} : { worktreeFolder: options.path }),
        filesFrom: worktree.path,
        ...(identity?.parts.database ? { databaseFrom: worktree.path } : {}),
      };
      await make(request, options);
    });

  async function make(request: CreateRequest, options: Options): Promise<void> {
    const { product, cwd } = context;
    const json = options.json === true;
    if (options.dryRun) {
      const plan = await withRun(true, (run) => product.environments.plan(request, run));
      const changes = plan.branchKind === 'worktree' ? await changesAt(plan.worktreeFolder) : undefined;
      if (json) return printJson({ ...planJson(plan), changes: changes?.known ?? null });
      return print([planText(plan), ...(changes ? [changes.text] : []), nothingDone].join('\n\n'));
    }
    const task = await agentTask(context, options);
    const findAgent = (folder: string, given: AgentTask): Promise<AgentProgram> =>
      product.agents.find(context.settings['agent.command'], folder, given);
    const agent = task && (await findAgent(cwd, task));
    const portBefore = await product.clusters.gatewayPort();
    const result = await withRun(json && !options.steps, (run) =>
      product.environments.create(request, { ...run, approve: approveInTerminal(options) }).catch((error: unknown) => {
        throw withChoices(error);
      }),
    );
    if (portBefore === undefined && !json) await tellGatewayPort(context);
    if (json) printJson(createdJson(result));
    else print(resultText(result));
    if (!result.ready) process.exitCode = notReady;
    if (agent && mayStartAgent(result, context.settings)) {
      const { path } = result.worktree;
      // What it may reach is known only now.
      const program = task?.isSandboxed ? await findAgent(path, task) : agent;
      const variables = await product.environments.variables(path, AbortSignal.timeout(10_000));
      process.exitCode = await product.agents.run(program, path, { ...context.env, ...variables });
    } else if (agent) {
      process.stderr.write(
        'The agent is not started: it would find an environment that is not ready. With COPPICE_AGENT_START_WHEN=atOnce it is started all the same.\n',
      );
    }
    await sweepAtEnd(context, cwd);
    return undefined;
  }

  /** undefined: it has no environment yet. */
  async function changesAt(folder: string): Promise<{ known?: readonly UpdateChange[]; text: string } | undefined> {
    try {
      const known = await withRun(true, (run) => context.product.environments.changes({ folder }, run));
      return known && { known: known.changes, text: changesText(known.changes) };
    } catch (error) {
      if (!isAppError(error, 'unreachable')) throw error;
      return { text: error.message };
    }
  }

  async function databaseFrom({ databaseFrom: name }: Options): Promise<Pick<CreateRequest, 'databaseFrom'>> {
    if (name === undefined) return {};
    return { databaseFrom: pick(await snapshotOf(context), context, name, true).worktree.path };
  }

  async function target(branch: string | undefined, { from }: Options): Promise<CreateRequest['target']> {
    if (branch !== undefined) return { kind: 'branch', branch, ...(from === undefined ? {} : { base: from }) };
    if (from !== undefined) throw new AppError('invalidInput', 'A base (--from) needs the name of a new branch.');
    return { kind: 'worktree', path: await context.product.worktrees.path(context.cwd, AbortSignal.timeout(30_000)) };
  }
};

const forkHelp = `
Files that git ignores come as in every new worktree (copy, dependencies and setup of coppice.yaml). What was staged is not: all that
the other one has beyond its commit is uncommitted here. One that has no database yet gets it from the template.`;

function found({ adopt, fresh }: Options): Pick<CreateRequest, 'found'> {
  if (adopt && fresh) throw new AppError('invalidInput', 'Either --adopt or --fresh: not both.');
  return adopt ? { found: 'adopt' } : fresh ? { found: 'fresh' } : {};
}

/** In a terminal the person decides by running the command again. */
function withChoices(error: unknown): unknown {
  if (!isAppError(error, 'conflict')) return error;
  if (error.remedy?.action.kind === 'openWorktree')
    return new AppError('conflict', error.message, {
      explanation:
        '"coppice status" in that folder says how its environment is; where there is none, "coppice create" makes it.',
      remedy: error.remedy,
      cause: error,
    });
  if (error.losses.some(({ kind }) => kind === 'data')) return withDiscardHint(error);
  if (!error.found) return error;
  const { database, data = [] } = error.found;
  const lost = [
    ...(database === undefined ? [] : [`what is in ${database}`]),
    ...data.map((each) => `the data of ${each}`),
  ];
  const along = lost.map((each) => ` and ${each}`).join('');
  return new AppError('conflict', error.message, {
    explanation: `To take it over: --adopt\nTo delete it${along}, and start anew: --fresh`,
    found: error.found,
    cause: error,
  });
}

function planText(plan: CreatePlan): string {
  const how = {
    new: `new, from ${plan.base?.name ?? ''} (${plan.base?.commit.slice(0, 7) ?? ''})`,
    existing: 'exists',
    tracking: 'from the remote',
    worktree: 'checked out here',
  }[plan.branchKind];
  const names = [
    ['branch', `${printable(plan.branch)} (${how})`],
    ['worktree', printable(plan.worktreeFolder)],
    ['namespace', plan.namespace],
    ['temporal', plan.temporalNamespace],
    ...plan.parts.map(({ part, name }) => [part, printable(name)]),
    ['host', plan.host],
    ...plan.images.map(({ services, context, dockerfile }) => [
      `image of ${services.join(', ')}`,
      `built from ${printable(context === '.' ? dockerfile : `${context}/${dockerfile}`)}`,
    ]),
    ...Object.entries(plan.metricsPorts).map(([service, port]) => [`metrics of ${service}`, String(port)]),
  ];
  const steps = plan.steps.map(({ title, after, id }, index) => {
    const waits = after.length > 0 ? `after ${after.join(', ')}` : '';
    return [`${index + 1}.`, id, printable(title), waits];
  });
  const note = plan.base?.note === undefined ? '' : `\n${printable(plan.base.note)}`;
  return `${formatTable(names)}${note}\n\n${formatTable(steps)}${approvalText(plan)}`;
}

const nothingDone = 'Nothing was done.';

function changesText(changes: readonly UpdateChange[]): string {
  if (changes.length === 0) return upToDateText;
  return ['An update would change:', ...changes.map((change) => `  ${printable(changeText(change))}`)].join('\n');
}

function approvalText({ commandsToApprove }: CreatePlan): string {
  if (commandsToApprove.length === 0) return '';
  const lines = commandsToApprove.map(({ place, text }) => `  ${place}: ${printable(text)}`);
  return ['\n', 'Not approved yet; you are asked first (--yes approves them):', ...lines].join('\n');
}

function resultText(result: CreateResult): string {
  const rows = [
    ['worktree', printable(result.worktree.path)],
    ['namespace', result.identity.names.namespace],
    ...(result.url === undefined ? [] : [['url', result.url]]),
  ];
  const trouble = result.services.filter(isTroubled).map(troubleText);
  // What a command printed may stand among them.
  const notes = (result.notes ?? []).flatMap((note) => note.split('\n').map(printable));
  return [formatTable(rows), ...trouble, ...notes].join('\n');
}
