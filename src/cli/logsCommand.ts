import { countedAsUse } from '../app/cleanup/countedAsUse';
import { errorsJson, errorsLines } from '../app/diagnosis/errorsText';
import { AppError, isAbort } from '../core/errors';
import { terminalLine } from '../core/terminalText';
import { type CliContext, type Register, environmentOf, pick, serviceOf, snapshotOf, withRun } from './context';
import { printable } from './table';
import { cancelled, print, printJson } from './terminal';

interface Options {
  readonly errors?: boolean;
  readonly follow?: boolean;
  readonly tail?: string;
  readonly previous?: boolean;
  readonly json?: boolean;
}

export const registerLogs: Register = (program, context) => {
  program
    .command('logs')
    .description("a service's output")
    .argument('[service]', 'needed, unless it is about errors')
    .argument('[name]', 'worktree; without it this one')
    .option('-f, --follow', 'go on as it comes')
    .option('--tail <lines>', 'only the last so many lines')
    .option('--previous', 'of the run before the last restart')
    .option('--errors', 'errors alone, each kind once, of this service or of all')
    .option('--json', 'print each line as JSON; with --errors one line')
    .action(async (service: string | undefined, name: string | undefined, options: Options) => {
      if (options.errors) return tellErrors(context, service, name, options);
      if (service === undefined)
        throw new AppError(
          'invalidInput',
          'Which service? "coppice logs SERVICE", or "coppice logs --errors" for all.',
        );
      return follow(context, service, name, options);
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
  const at = name === undefined ? {} : { path: pick(await snapshotOf(context), context, name, true).worktree.path };
  const errors = await withRun(true, (run) => product.diagnosis.errors({ folder, ...at, service }, run));
  if (json) printJson(errorsJson(errors));
  else for (const line of errorsLines(errors)) print(printable(line));
}

async function follow(context: CliContext, service: string, name: string | undefined, options: Options): Promise<void> {
  const tail = options.tail === undefined ? undefined : Number(options.tail);
  if (tail !== undefined && !(Number.isInteger(tail) && tail >= 0)) {
    throw new AppError('invalidInput', `--tail must be a number of lines, not "${options.tail ?? ''}".`);
  }
  const snapshot = await snapshotOf(context);
  const entry = pick(snapshot, context, name, true);
  const { namespace } = environmentOf(entry, snapshot);
  serviceOf(entry, service, snapshot);
  const colours = process.stdout.isTTY && process.stdout.hasColors();
  const shown = countedAsUse(context.product.cleanup.keep, async (_: { readonly path: string }, { signal }) => {
    const logOptions = {
      follow: options.follow === true,
      previous: options.previous === true,
      ...(tail === undefined ? {} : { tail }),
    };
    try {
      for await (const line of context.product.services.logs(namespace, service, logOptions, signal)) {
        if (options.json) printJson({ service, line });
        else print(terminalLine(line, { colours }));
      }
    } catch (error) {
      // The end that every follower's logs come to.
      if (!isAbort(error)) throw error;
      process.exitCode = cancelled;
    }
  });
  await withRun(true, (run) => shown({ path: entry.worktree.path }, run));
}
