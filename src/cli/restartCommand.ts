import { type Register, environmentOf, pick, serviceOf, snapshotOf, withRun } from './context';
import { printable } from './table';
import { print, printJson } from './terminal';

export const registerRestart: Register = (program, context) => {
  program
    .command('restart')
    .description('start a service anew, for example after a change of its code')
    .argument('<service>')
    .argument('[name]', 'worktree; without it this one')
    .option('--json', 'print one line of JSON')
    .action(async (service: string, name: string | undefined, { json }: { readonly json?: boolean }) => {
      const entry = pick(await snapshotOf(context), context, name, true);
      serviceOf(entry, service);
      const { namespace } = environmentOf(entry);
      const { path } = entry.worktree;
      await withRun(true, (run) => context.product.restartService({ folder: path, path, service }, run));
      if (json) printJson({ namespace, service, restarted: true });
      else print(`${printable(service)} of ${namespace} starts anew.`);
    });
};
