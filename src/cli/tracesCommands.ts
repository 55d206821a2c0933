import { traceJson, tracesJson } from '../app/traces/tracesJson';
import { tracesLines } from '../app/traces/tracesText';
import { treeLines } from '../app/traces/traceTree';
import { AppError } from '../core/errors';
import { named, type Register, withRun } from './context';
import { parseLength } from './parseLength';
import { printable } from './table';
import { print, printJson } from './terminal';

interface Options {
  readonly errors?: boolean;
  readonly slow?: boolean;
  readonly since: string;
  readonly json?: boolean;
}

export const registerTraces: Register = (program, context) => {
  program
    .command('traces')
    .description("what an environment's services have told of requests, by Jaeger: how many, how long, what failed")
    .argument('[name]', 'branch, slug or folder; without it this worktree')
    .option('--errors', 'failed ones alone, each kind once')
    .option('--slow', 'one by one, the slowest first, with what took the time')
    .option('--since <time>', 'how far back: 90s, 15m, 6h', '1h')
    .option('--json', 'print one line of JSON')
    .action(async (name: string | undefined, { errors, slow, since, json }: Options) => {
      if (errors && slow) throw new AppError('invalidInput', '--errors and --slow are two answers: ask for one.');
      const request = {
        folder: context.cwd,
        ...named(context, name),
        isFailed: errors === true,
        lengthMs: parseLength(since),
      };
      const found = await withRun(true, (run) => context.product.diagnosis.traces(request, run));
      if (json) printJson(tracesJson(found));
      else
        for (const line of tracesLines(found, errors ? 'failures' : slow ? 'slowest' : 'roots')) print(printable(line));
    });
  program
    .command('trace')
    .description('one request through the services of an environment, as a tree')
    .argument('<id>', 'as logs, headers and "coppice traces" have it')
    .argument('[name]', 'branch, slug or folder; without it this worktree')
    .option('--json', 'print one line of JSON')
    .action(async (id: string, name: string | undefined, { json }: { readonly json?: boolean }) => {
      const request = { folder: context.cwd, ...named(context, name), id };
      const found = await withRun(true, (run) => context.product.diagnosis.trace(request, run));
      if (json) printJson(traceJson(found));
      else for (const line of treeLines(found.trace)) print(printable(line));
    });
};
