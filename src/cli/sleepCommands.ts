import { verdictJson } from '../app/view/snapshotJson';
import { AppError } from '../core/errors';
import { isTroubled } from '../core/services/isTroubled';
import { plural } from '../core/text/plural';
import { environmentOf, pick, snapshotOf, withRun, type CliContext, type Register } from './context';
import { printable, troubleText } from './table';
import { notReady, print, printJson } from './terminal';

interface Json {
  readonly json?: boolean;
}

interface SleepOptions extends Json {
  readonly unusedSince?: string;
}

/** @throws invalidInput */
function parseTime(text: string): number {
  const time = Date.parse(text);
  if (Number.isFinite(time)) return time;
  throw new AppError('invalidInput', `--unused-since is a time such as 2026-01-31T12:00:00Z, not "${text}".`);
}

/** @throws notFound, unreachable, conflict */
async function find(context: CliContext, name: string | undefined): Promise<{ folder: string; path: string }> {
  const snapshot = await snapshotOf(context);
  const entry = pick(snapshot, context, name, true);
  environmentOf(entry, snapshot);
  const { path } = entry.worktree;
  return { folder: path, path };
}

export const registerSleep: Register = (program, context) => {
  program
    .command('sleep')
    .description('end what runs of an environment until it wakes; its data, names and addresses stay')
    .argument('[name]', 'worktree; without it this one')
    .option('--unused-since <time>', 'only where nothing of the worktree was changed since then (ISO 8601)')
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      '\nA service that may keep data in no volume goes on running, and is named.' +
        '\n"coppice wake" starts the same services again, and so does the first request to a URL that Coppice serves.',
    )
    .action(async (name: string | undefined, { json = false, unusedSince }: SleepOptions) => {
      const since = unusedSince === undefined ? undefined : parseTime(unusedSince);
      const at = await find(context, name);
      const { environments } = context.product;
      const outcome = await withRun(json, async (run) =>
        since === undefined
          ? { usedAt: undefined, slept: await environments.sleep(at, run) }
          : environments.sleepUnused({ ...at, since }, run),
      );
      if (outcome.usedAt !== undefined) {
        const usedAt = new Date(outcome.usedAt).toISOString();
        return json ? printJson({ usedAt, asleep: [] }) : print(`It was used at ${usedAt}, and stays awake.`);
      }
      const { slept } = outcome;
      const { namespace, asleep, awake, ended, services } = slept;
      if (json) return printJson({ namespace, asleep, awake, ended, services: services.map(verdictJson) });
      print(`${namespace} is asleep: ${plural(asleep.length, 'service')}.`);
      if (!ended) print('Not all of its pods have ended yet: the cluster ends them.');
      if (awake.length > 0)
        print(
          `Not asleep, because what ${awake.map(printable).join(' and ')} keeps could be lost: no volume holds it.`,
        );
    });

  program
    .command('wake')
    .description('start again what ran of an environment before it was put to sleep')
    .argument('[name]', 'worktree; without it this one')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', `\nIt ends once all is ready, or with exit code ${notReady} when it cannot become so.`)
    .action(async (name: string | undefined, { json = false }: Json) => {
      const at = await find(context, name);
      const woken = await withRun(json, (run) => context.product.environments.wake(at, run));
      const { namespace, slept, ready, services } = woken;
      if (!ready) process.exitCode = notReady;
      const verdict = ready ? 'ready' : 'notReady';
      if (json) printJson({ namespace, slept, ready, verdict, services: services.map(verdictJson) });
      else if (!ready) print(services.filter(isTroubled).map(troubleText).join('\n'));
      else print(slept ? `${namespace} is awake.` : `${namespace} was not asleep.`);
    });
};
