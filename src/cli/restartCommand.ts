import { verdictJson } from '../app/view/snapshotJson';
import { isTroubled } from '../core/services/isTroubled';
import { type Register, environmentOf, pick, serviceOf, snapshotOf, withRun } from './context';
import { discardData, withDiscardHint } from './discardData';
import { printable, troubleText } from './table';
import { notReady, print, printJson } from './terminal';

interface Options {
  readonly json?: boolean;
  readonly discard?: readonly 'data'[];
}

export const registerRestart: Register = (program, context) => {
  program
    .command('restart')
    .description('start a service anew, for example after a change of its code')
    .argument('<service>')
    .argument('[name]', 'worktree; without it this one')
    .addOption(discardData())
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      `\nIt ends once the service is ready, or with exit code ${notReady} when it cannot become so.`,
    )
    .action(async (service: string, name: string | undefined, { json, discard }: Options) => {
      const snapshot = await snapshotOf(context);
      const entry = pick(snapshot, context, name, true);
      serviceOf(entry, service, snapshot);
      const { namespace } = environmentOf(entry, snapshot);
      const { path } = entry.worktree;
      const at = { folder: path, path, service, accepted: discard };
      const { ready, status, services } = await withRun(true, (run) =>
        context.product.services.restart(at, run).catch(withDiscardHint),
      );
      if (!ready) process.exitCode = notReady;
      if (json) {
        const { state, reason = null } = status;
        const verdict = ready ? 'ready' : 'notReady';
        const whole = { namespace, service, restarted: true, ready, verdict, state, reason };
        printJson({ ...whole, services: services.map(verdictJson) });
      } else if (!ready) print(services.filter(isTroubled).map(troubleText).join('\n'));
      else if (status.state === 'Completed') print(`${printable(service)} of ${namespace} has run anew, to its end.`);
      else if (status.health === 'stopped')
        print(`${printable(service)} of ${namespace} is to have no pod: nothing runs.`);
      else print(`${printable(service)} of ${namespace} runs anew.`);
    });
};
