import { infraLosses, type InfraContents } from '../app/infra/removeInfra';
import type { Run } from '../app/run/run';
import { AppError, isAppError } from '../core/errors';
import { formatTable } from '../core/text/formatTable';
import { infraParts, infraPartTitles, type InfraPart } from '../core/clusters/infra';
import type { ServiceStatus } from '../core/model';
import { withRun, type Register } from './context';
import { listOption } from './listOption';
import { printable } from './table';
import { notReady, notReadyHelp, print, printJson } from './terminal';

interface Json {
  readonly json?: boolean;
}

interface SetupOptions extends Json {
  readonly parts?: readonly InfraPart[];
  readonly ephemeral?: boolean;
  readonly discard?: boolean;
}

/** `coppice infra`: what all environments of the repository's cluster share. */
export const registerInfra: Register = (program, { product, cwd }) => {
  const infra = program.command('infra').description('what all environments of a cluster share');
  const contentsIfAny = (run: Run): Promise<Pick<InfraContents, 'environments'>> =>
    product.infra.contents({ folder: cwd }, run).catch((error: unknown) => {
      if (!isAppError(error, 'notFound')) throw error;
      return { environments: [] };
    });

  infra
    .command('setup')
    .description(
      'set it up in the cluster of this repository, or bring the one that is there up to date; its data stay',
    )
    .addOption(listOption('--parts <parts>', 'only these, parted by commas', 'part of infra', infraParts))
    .option('--ephemeral', 'data live as long as their pods: for clusters that give no volumes')
    .option('--discard', 'lose databases that live as long as their pod, where there are any')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', notReadyHelp)
    .action(async (options: SetupOptions) => {
      const { parts, ephemeral, discard } = options;
      const made = await withRun(options.json === true, async (run) => {
        const accepted = discard ? (await contentsIfAny(run)).environments : [];
        return product.infra.setUp({ folder: cwd, parts, ephemeral, accepted }, run).catch((error: unknown) => {
          throw withHint(error);
        });
      });
      if (!made.ready) process.exitCode = notReady;
      if (options.json) return printJson(made);
      const names = made.parts.map((part) => infraPartTitles[part]).join(', ');
      print(`Infra is ${made.found ? 'up to date' : 'set up'}: ${names}.`);
      if (made.ready) return undefined;
      printServices(made.services);
      process.stderr.write('Not all of infra got ready; "coppice infra status" says how it goes on.\n');
      return undefined;
    });

  infra
    .command('status')
    .description('what runs of it, and how')
    .option('--json', 'print one line of JSON')
    .action(async ({ json }: Json) => {
      const status = await withRun(true, (run) => product.infra.status({ folder: cwd }, run));
      if (json) return printJson(status ?? null);
      if (!status) return print('There is no infra in this cluster: "coppice infra setup" makes it.');
      printServices(status.services);
    });

  infra
    .command('remove')
    .description('remove it with all of its data; says what would be lost, and refuses')
    .option('--discard', 'lose it all the same')
    .option('--json', 'print one line of JSON')
    .action(async ({ discard, json }: Json & { readonly discard?: boolean }) => {
      const removed = await withRun(json === true, async (run) => {
        const contents = await product.infra.contents({ folder: cwd }, run);
        const accepted = discard ? [...contents.volumes.map(({ name }) => name), ...contents.environments] : [];
        if (!discard)
          throw new AppError('conflict', 'Infra is not removed: its data would be lost.', {
            explanation: [...infraLosses(contents), 'To lose them all the same: --discard'].join('\n'),
          });
        return product.infra.remove({ folder: cwd, accepted }, run);
      });
      if (json) printJson(removed);
      else print('Infra is removed.');
    });
};

/** In a terminal the person accepts a loss by running the command again. */
function withHint(error: unknown): unknown {
  if (!isAppError(error, 'conflict') || error.losses.length === 0) return error;
  const { message, explanation, losses } = error;
  const hint = 'To set it up all the same: --discard';
  return new AppError('conflict', message, {
    explanation: [explanation, hint].filter(Boolean).join('\n'),
    losses,
    cause: error,
  });
}

function printServices(services: readonly ServiceStatus[]): void {
  const rows = services.map(({ name, state, ready, desired, reason, urls }) => [
    name,
    printable(state),
    `${ready}/${desired}`,
    printable(reason ?? urls[0] ?? ''),
  ]);
  print(formatTable([['SERVICE', 'STATE', 'READY', ''], ...rows]));
}
