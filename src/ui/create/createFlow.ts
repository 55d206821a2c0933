import * as vscode from 'vscode';
import type { CreatePlan, CreateRequest, CreateResult } from '../../app/environment/requests';
import type { AgentTask } from '../../core/agents/agentTask';
import { AppError } from '../../core/errors';
import { isTroubled } from '../../core/services/isTroubled';
import { mayStartAgent } from '../../core/sessions/mayStartAgent';
import type { CommandContext } from '../context/commandContext';
import { hasDatabase } from '../database/targetDatabase';
import { openFolder } from '../editor/open';
import { acceptingLoss } from '../report/acceptingLoss';
import { runWithProgress } from '../report/progress';
import { warn } from '../report/report';
import { readSettings } from '../editor/settings';
import { linkless } from '../editor/text';
import { plainWorktreeName } from '../editor/windowEntry';
import { askAgentTask } from './askAgentTask';
import { askBranch, type BranchTarget } from './askBranch';
import { askDatabaseSource } from './askDatabaseSource';
import { askFound } from './foundQuestion';
import { keepPrompt } from './keptPrompts';
import { planText } from './planPreview';
import { tellAgentWaits } from './tellAgentWaits';
import { tellOfTrust } from './trustNotice';

/** Asks for a branch, makes its worktree and environment, and opens it. @param withAgent starts the agent there once it is ready */
export async function createWorktreeInteractively(context: CommandContext, withAgent: boolean): Promise<void> {
  const folder = await repositoryFolder(context);
  const base = readSettings()['worktree.base'] || (await context.dependencies.worktrees.defaultBase(folder));
  const title = withAgent ? 'Create Worktree and Start Agent' : 'Create Worktree';
  const { environments } = context.dependencies;
  const requestFor = ({ database, ...target }: BranchTarget): CreateRequest => ({
    ...{ folder, target },
    ...(database ? { databaseFrom: database.path } : {}),
  });
  const planOf = (answer: BranchTarget, signal: AbortSignal): Promise<CreatePlan> =>
    environments.plan(requestFor(answer), { signal, report: () => undefined });
  const answer = await askBranch({
    title,
    branches: context.dependencies.worktrees.branches(folder),
    base,
    preview: async (target, signal) => planText(await planOf(target, signal)),
    askDatabase: context.snapshot.entries.some(hasDatabase)
      ? (chosen) => askDatabaseSource(context, chosen)
      : undefined,
  });
  if (!answer) return;
  const branch = answer.kind === 'open' ? branchAt(context, answer.path) : answer.branch;
  const task = withAgent ? await askAgentTask(context, title, folder, branch) : undefined;
  if (withAgent && !task) return;
  if (answer.kind === 'open') {
    if (task) await askForAgent(context, answer.path, branch, task);
    await openFolder(answer.path);
    const entry = context.snapshot.entries.find(({ worktree }) => worktree.path === answer.path);
    if (withAgent && entry) tellAgentWaits(context, entry);
    return;
  }
  await tellOfTrust(context, async () => (await planOf(answer, AbortSignal.timeout(5000))).worktreeFolder);
  await makeAndOpen(context, `Creating worktree ${answer.branch}`, requestFor(answer), task);
}

/** Makes a worktree with its environment, and opens it. @param task starts the agent there once it is ready */
export async function makeAndOpen(
  context: CommandContext,
  title: string,
  request: CreateRequest,
  task?: AgentTask,
): Promise<void> {
  const result = await create(context, title, request);
  if (!result) return;
  const started = mayStartAgent(result, readSettings()) ? task : undefined;
  const { target } = request;
  if (started) await askForAgent(context, result.worktree.path, 'branch' in target ? target.branch : '', started);
  await openFolder(result.worktree.path);
  await tellUnready(context, result, task && !started ? 'The agent was not started. ' : '');
}

async function askForAgent(context: CommandContext, path: string, branch: string, task: AgentTask): Promise<void> {
  await context.dependencies.agents.request(path, task, AbortSignal.timeout(30_000));
  await keepPrompt(context, branch, undefined);
}

/** '' where none is checked out. */
function branchAt({ snapshot }: CommandContext, path: string): string {
  return snapshot.entries.find(({ worktree }) => worktree.path === path)?.worktree.branch ?? '';
}

/** Makes an environment for a worktree that exists. */
export function createEnvironmentFor(context: CommandContext, path: string, name: string): Promise<void> {
  return ofWorktree(context, `Creating an environment for ${name}`, path);
}

/** Brings the environment of a worktree to what its environment file says now: the same steps, each done again. */
export function updateEnvironmentOf(context: CommandContext, path: string, name: string): Promise<void> {
  return ofWorktree(context, `Updating the environment of ${name}`, path);
}

async function ofWorktree(context: CommandContext, title: string, path: string): Promise<void> {
  const target = { kind: 'worktree', path } as const;
  const result = await create(context, title, { folder: path, target });
  if (result) await tellUnready(context, result);
}

/**
 * A folder of the window's repository.
 *
 * @throws notConfigured without a folder; what the store knows to be wrong (no git, no repository)
 */
export async function repositoryFolder(context: CommandContext): Promise<string> {
  if (!context.snapshot.repository) await context.refresh();
  const { repository } = context.snapshot;
  if (repository) return repository.root;
  if (context.dependencies.store.problem) throw context.dependencies.store.problem;
  const folder = context.folders[0];
  if (folder === undefined)
    throw new AppError('notConfigured', 'No folder is open: open the folder of a git repository first.');
  throw new AppError('notConfigured', `${folder} is not in a git repository.`);
}

/** undefined: the person turned away from what was found under the name, or from what would be lost. */
async function create(
  context: CommandContext,
  title: string,
  request: CreateRequest,
): Promise<CreateResult | undefined> {
  const { environments, log } = context.dependencies;
  const make = context.making.followed(environments.create);
  const attempt = (more: Pick<CreateRequest, 'found'>): Promise<CreateResult | undefined> =>
    acceptingLoss('Update, and Lose It', (accepted) =>
      runWithProgress(title, make, { ...request, ...more, ...(accepted ? { accepted } : {}) }, log),
    );
  try {
    return await attempt({});
  } catch (error) {
    const found = await askFound(error);
    return found && attempt({ found });
  }
}

async function tellUnready(context: CommandContext, result: CreateResult, consequence = ''): Promise<void> {
  if (result.ready) return;
  const troubled = result.services.filter(isTroubled);
  const services = troubled.map(({ name, state, reason }) => `${name}: ${[state, reason].filter(Boolean).join(', ')}`);
  const notes = (result.notes ?? []).map((note) => note.split('\n', 1)[0]);
  const why = [...services, ...notes].join('; ');
  const name = plainWorktreeName(result);
  const first = troubled[0];
  const message = `The environment of ${name} is made, but not ready yet. ${consequence}${why}`;
  if (!first) return void vscode.window.showInformationMessage(linkless(message));
  if (await warn(message, 'Show Logs')) context.logTerminals.show(result.identity.names.namespace, first.name, name);
}
