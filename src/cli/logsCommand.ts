import { countedAsUse } from '../app/cleanup/countedAsUse';
import { errorsJson, errorsLines } from '../app/diagnosis/errorsText';
import { logsOfAll } from '../app/logs/logsOfAll';
import { AppError, isAbort } from '../core/errors';
import type { LogOptions } from '../core/ports/workloads';
import { terminalLine } from '../core/text/terminalText';
import { named, type CliContext, type Register, environmentOf, pick, serviceOf, snapshotOf, withRun } from './context';
import { printable } from './table';
import { cancelled, print, printJson } from './terminal';

interface Options {
  readonly worktree?: string;
  readonly errors?: boolean;
  readonly follow?: boolean;
  readonly tail?: string;
  readonly previous?: boolean;
  readonly json?: boolean;
}

export const registerLogs: Register = (program, context) => {
  program
    .command('logs')
    .description("a service's output, or that of all with their names")
    .argument('[service]', 'without it all of them')
    .argument('[name]', 'worktree; without it this one')
    .option('--worktree <name>', 'the same, for the logs of all its services')
    .option('-f, --follow', 'go on as it comes')
    .option('--tail <lines>', 'only the last so many lines')
    .option('--previous', 'of the run before the last restart')
    .option('--errors', 'errors alone, each kind once, of this service or of all')
    .option('--json', 'print each line as JSON; with --errors one line')
    .action(async (service: string | undefined, name: string | undefined, options: Options) => {
      const worktree = name ?? options.worktree;
      return options.errors
        ? tellErrors(context, service, worktree, options)
        : follow(context, service, worktree, options);
    });
};

async function tellErrors(
  context: CliContext,
  service: string | undefined,
  name: string | undefined,
  { follow: isFollowed, tail, previous, json }: Options,
): Promise<void> {
  if (isFollowed || tail !== undefined || previous)
    throw new AppError(
      'invalidInput',
      '--errors reads all that is kept: it goes with none of --follow, --tail, --previous.',
    );
  const { cwd: folder, product } = context;
  const errors = await withRun(true, (run) =>
    product.diagnosis.errors({ folder, ...named(context, name), service }, run),
  );
  if (json) printJson(errorsJson(errors));
  else for (const line of errorsLines(errors)) print(printable(line));
}

async function follow(
  context: CliContext,
  service: string | undefined,
  name: string | undefined,
  options: Options,
): Promise<void> {
  const tail = options.tail === undefined ? undefined : Number(options.tail);
  if (tail !== undefined && !(Number.isInteger(tail) && tail >= 0)) {
    throw new AppError('invalidInput', `--tail must be a number of lines, not "${options.tail ?? ''}".`);
  }
  const snapshot = await snapshotOf(context);
  const entry = pick(snapshot, context, name, true);
  const { namespace, services } = environmentOf(entry, snapshot);
  const names = service === undefined ? services.map((each) => each.name) : [serviceOf(entry, service, snapshot).name];
  if (names.length === 0) throw new AppError('notFound', 'This environment has no services.');
  const colours = process.stdout.isTTY && process.stdout.hasColors();
  const width = Math.max(...names.map((each) => each.length));
  const show = (of: string, line: string): void => {
    const prefix = service === undefined ? `${printable(of).padEnd(width)} | ` : '';
    if (options.json) printJson({ service: of, line });
    else print(prefix + terminalLine(line, { colours }));
  };
  const shown = countedAsUse(context.product.cleanup.keep, async (_: { readonly path: string }, { signal }) => {
    const logOptions = {
      follow: options.follow === true,
      previous: options.previous === true,
      ...(tail === undefined ? {} : { tail }),
    };
    const read = (of: string, asked: LogOptions, until: AbortSignal): AsyncIterable<string> =>
      context.product.services.logs(namespace, of, asked, until);
    try {
      if (service === undefined)
        tellFailures(await logsOfAll({ read, onLine: show }, names, logOptions, signal), names);
      else for await (const line of read(service, logOptions, signal)) show(service, line);
    } catch (error) {
      // The end that every follower's logs come to.
      if (!isAbort(error)) throw error;
      process.exitCode = cancelled;
    }
  });
  await withRun(true, (run) => shown({ path: entry.worktree.path }, run));
}

/** @throws the first one where nothing of any could be read */
function tellFailures(failures: ReadonlyMap<string, AppError>, names: readonly string[]): void {
  const [first] = failures.values();
  if (first && failures.size === names.length) throw first;
  for (const [service, { message }] of failures) process.stderr.write(`! ${printable(`${service}: ${message}`)}\n`);
}
