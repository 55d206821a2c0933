import { formatTable } from '../core/text/formatTable';
import type { Command } from 'commander';
import { isCurrent, type ClusterOption, type ClusterOptions } from '../app/cluster/clusterOptions';
import { clusterText } from '../core/clusters/clusterRules';
import type { CliContext } from './context';
import { withRun } from './context';
import { printable } from './table';
import { print, printJson } from './terminal';

interface Json {
  readonly json?: boolean;
}

/** `coppice cluster contexts` and `coppice cluster choose`. */
export function addClusterChoiceCommands(cluster: Command, { product, cwd }: CliContext): void {
  cluster
    .command('contexts')
    .description('the clusters that this repository can choose, and the one that it uses')
    .option('--json', 'print one line of JSON')
    .action(async ({ json }: Json) => {
      const found = await withRun(true, ({ signal }) => product.clusters.options(cwd, signal));
      if (json) return printJson(optionsJson(found));
      print(optionsTable(found));
      // What can be chosen without a kubeconfig is shown all the same.
      if (found.problem) process.stderr.write(`${printable(found.problem.message)}\n`);
      return undefined;
    });

  cluster
    .command('choose')
    .description('choose where the environments of this repository run; nothing in any cluster is changed by that')
    .argument('<name>', '"embedded", or the name of a context')
    .option('--confirm <name>', 'the name once more, for a cluster that looks like production')
    .option('--json', 'print one line of JSON')
    .action(async (name: string, options: Json & { readonly confirm?: string }) => {
      const request = { folder: cwd, name, confirmed: options.confirm };
      const { cluster: chosen, elsewhere } = await withRun(options.json === true, (run) =>
        product.clusters.choose(request, run),
      );
      if (options.json) {
        const left = elsewhere.map(({ names: { slug, namespace }, cluster: other }) => ({
          slug,
          namespace,
          cluster: other,
        }));
        return printJson({ cluster: chosen, elsewhere: left });
      }
      print(`The environments of this repository run in ${printable(clusterText(chosen))} now.`);
      for (const {
        names: { slug },
        cluster: other,
      } of elsewhere)
        process.stderr.write(`${printable(slug)} stays where it is, in ${printable(clusterText(other))}.\n`);
      return undefined;
    });
}

function optionsTable({ options, current }: ClusterOptions): string {
  const rows = options.map((option) => [
    isCurrent(option, current) ? '*' : '',
    printable(option.name),
    printable(option.chosen.identity.server ?? ''),
    stateOf(option),
  ]);
  return formatTable([['', 'NAME', 'SERVER', ''], ...rows]);
}

function stateOf({ isAllowed, looksLikeProduction }: ClusterOption): string {
  if (!isAllowed) return 'not allowed';
  return looksLikeProduction ? 'looks like production' : '';
}

function optionsJson({ options, current, problem }: ClusterOptions): object {
  return {
    current: current ?? null,
    clusters: options.map((option) => ({
      name: option.name,
      kind: option.chosen.identity.kind,
      server: option.chosen.identity.server ?? null,
      current: isCurrent(option, current),
      allowed: option.isAllowed,
      looksLikeProduction: option.looksLikeProduction,
    })),
    problem: problem?.message ?? null,
  };
}
