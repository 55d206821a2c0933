import { verdictJson } from '../app/view/snapshotJson';
import { AppError } from '../core/errors';
import { isTroubled } from '../core/services/isTroubled';
import { type Register, pick, snapshotOf, withRun } from './context';
import { printable, troubleText } from './table';
import { notReady, print, printJson } from './terminal';

export const registerWait: Register = (program, context) => {
  program
    .command('wait')
    .description('wait until an environment is ready, also for a create or an update that is at work')
    .argument('[name]', 'worktree; without it this one')
    .option('--timeout <seconds>', 'how long in all')
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      `\nExit code 0: it is ready; ${notReady}: it cannot become so, or is asleep, and why is told; 6: the time was up.` +
        '\nWithout --timeout it waits as long as somebody is at work, and then as long as a create waits for services.',
    )
    .action(async (name: string | undefined, options: { readonly timeout?: string; readonly json?: boolean }) => {
      const timeoutMs = parseSeconds(options.timeout);
      const { path } = pick(await snapshotOf(context), context, name, true).worktree;
      const waited = await withRun(options.json === true, (run) =>
        context.product.environments.wait({ path, timeoutMs }, run),
      );
      const { namespace, services, notes } = waited;
      const isAsleep = waited.ready && services.some(({ health }) => health === 'asleep');
      const ready = waited.ready && !isAsleep;
      if (!ready) process.exitCode = notReady;
      if (options.json) {
        const verdict = ready ? 'ready' : isAsleep ? 'asleep' : 'notReady';
        return printJson({ namespace, ready, verdict, notes, services: services.map(verdictJson) });
      }
      const why = [...services.filter(isTroubled).map(troubleText), ...notes.map(printable)];
      if (isAsleep) print(`${namespace} is asleep: "coppice wake" starts it.`);
      else print(ready ? `${namespace} is ready.` : why.join('\n'));
      return undefined;
    });
};

function parseSeconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = /^\d{1,6}(?:\.\d+)?$/.test(text) ? Number(text) : 0;
  if (seconds > 0) return seconds * 1000;
  throw new AppError('invalidInput', `--timeout must be a number of seconds, not "${text}".`);
}
