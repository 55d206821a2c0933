import { Argument } from 'commander';
import type { Unprovided } from '../app/hooks/provide';
import type { Run } from '../app/run/run';
import { parseClaudeEvent, type ClaudeEvent } from '../core/sessions/claudeEvent';
import { AppError, isAbort, toAppError, type Loss } from '../core/errors';
import { lossExamples, lossName } from '../core/worktrees/lossText';
import { hookTools, makesWorktrees, type HookTool } from '../core/agents/hookTools';
import { type CliContext, type Register, withRun } from './context';
import { noteAgent } from './noteAgent';
import { readEvent } from './readEvent';
import { reportFailure, print } from './terminal';
import { printable } from './table';

interface Options {
  readonly remove?: boolean;
  readonly state?: boolean;
  readonly limit: string;
}

/** Claude Code ends a hook after 600 s, and forgets then what it has said. */
const defaultLimit = 570;

/*
 * What the entries call that `coppice connect` writes. The tool has made a worktree, or leaves that to the hook; its agent begins when
 * the hook has ended with 0, and does not begin when it ends otherwise. So
 *
 * - a worktree that is to have no environment is none of our business: 0, in every repository;
 * - an environment whose setup, migration or services fail, or are not approved, or are not ready in time: 1. The agent would work on
 *   what does not run. The worktree stays, and the same session asked for again tries again;
 * - where Coppice itself fails, the session is the person's and goes on without: 0.
 *
 * Of Claude Code's hook the folder is all that ever comes to standard output, and it comes first, whatever happens after it.
 */
export const registerHook: Register = (program, context) => {
  program
    .command('hook')
    .description('what the entries of "coppice connect" call: the environment of a worktree that another tool makes')
    .addArgument(new Argument('<tool>', 'which tool calls').choices(hookTools))
    .option('--remove', 'the tool is about to remove the worktree: delete its environment')
    .option(
      '--state',
      'only write down what the agent is doing, for whoever looks after it (claude-code, codex, gemini, opencode)',
    )
    .option('--limit <seconds>', 'answer after so many seconds at the latest', String(defaultLimit))
    .action(async (tool: HookTool, options: Options) => {
      if (options.state) return noteAgent(tool);
      if (!makesWorktrees(tool))
        throw new AppError('invalidInput', `${tool} makes no worktrees: its hooks call this with --state.`);
      const limitMs = limitOf(options.limit);
      const until = performance.now() + limitMs;
      if (tool === 'claude-code') {
        const event = parseClaudeEvent(await readEvent(process.stdin), context.cwd);
        process.exitCode = await answerClaude(context, event, until);
        return;
      }
      // What stays is an environment without a worktree, which the person must hear of: a failure stops the removal.
      if (options.remove)
        return tellLost(
          await withRun(true, (run) => context.product.hooks.removeProvided({ folder: context.cwd }, run)),
        );
      process.exitCode = await provideIn(context, context.cwd, until);
    });
};

async function answerClaude({ product, ...context }: CliContext, event: ClaudeEvent, until: number): Promise<number> {
  if (event.kind === 'remove') {
    tellLost(await withRun(true, (run) => product.hooks.removeSessionWorktree(event, run)));
    return 0;
  }
  const made = await withRun(true, (run) =>
    inTime(until, run, 'The worktree was not made in time, and was taken back.', (inside) =>
      product.hooks.sessionFolder(event, inside),
    ),
  );
  print(made.path);
  if (made.why !== undefined) {
    process.stderr.write(`${printable(`This worktree is a plain one, without an environment: ${made.why}`)}\n`);
    return 0;
  }
  return provideIn({ product, ...context }, made.path, until, true);
}

/** @returns the exit code */
async function provideIn({ product }: CliContext, folder: string, until: number, isSession = false): Promise<number> {
  try {
    const limitMs = Math.ceil(until - performance.now());
    const provided = await withRun(true, (run) => product.hooks.provide({ folder, limitMs }, run));
    if (isSession && provided.kind === 'none') await copyFiles(product, folder, until);
    if (!('message' in provided)) return 0;
    process.stderr.write(`${hookText(provided, folder)}\n`);
    return provided.kind === 'broken' ? 0 : 1;
  } catch (error) {
    const code = reportFailure(error, { json: false, verbose: false });
    return code === 70 ? 0 : code;
  }
}

/** A worktree without some file is one to begin in all the same. */
async function copyFiles(product: CliContext['product'], folder: string, until: number): Promise<void> {
  const tell = (why: string): void =>
    void process.stderr.write(`${printable(`Files of .worktreeinclude were not copied: ${why}`)}\n`);
  try {
    const failures = await withRun(true, (run) =>
      inTime(until, run, 'the time is over.', (inside) => product.hooks.copyListedFiles({ folder }, inside)),
    );
    failures.forEach(tell);
  } catch (error) {
    if (isAbort(error)) throw error;
    tell(toAppError(error).message);
  }
}

/** For whoever wonders why the agent does not begin, or begins without an environment. */
function hookText({ kind, message, explanation, log }: Unprovided, folder: string): string {
  const what = {
    failed: 'The environment of this worktree does not come up, so the agent is not started',
    underway: 'The environment of this worktree is still being made, so the agent is not started yet',
    broken: 'Coppice failed, and this worktree has no environment',
  }[kind];
  const told = explanation?.split('\n').filter((line) => line.trim() !== '' && line !== message) ?? [];
  const next = {
    failed: `The worktree stays: ${folder}. Once that is mended, start the session again; "coppice create" there makes the environment.`,
    underway: `Start the session again once it is ready: "coppice wait" in ${folder} says when.`,
    broken: `"coppice create" in ${folder} tries again.`,
  }[kind];
  const said = log === undefined ? [] : [`What was said: ${log}`];
  return [`${what}: ${message}`, ...told.map((line) => `  ${line}`), next, ...said].map(printable).join('\n');
}

function tellLost(losses: readonly Loss[]): void {
  for (const loss of losses) {
    const what = [lossName(loss), lossExamples(loss)].filter(Boolean).join(': ');
    process.stderr.write(`${printable(`With its environment went ${what}`)}\n`);
  }
}

async function inTime<T>(until: number, run: Run, message: string, work: (run: Run) => Promise<T>): Promise<T> {
  const over = AbortSignal.timeout(Math.max(1, Math.ceil(until - performance.now())));
  try {
    return await work({ ...run, signal: AbortSignal.any([run.signal, over]) });
  } catch (error) {
    if (!over.aborted || run.signal.aborted) throw error;
    throw new AppError('timeout', message, { cause: error });
  }
}

function limitOf(text: string): number {
  const seconds = Number(text);
  if (!Number.isFinite(seconds) || seconds <= 0)
    throw new AppError('invalidInput', `--limit must be a number of seconds, not ${JSON.stringify(text)}.`);
  return seconds * 1000;
}
