import type { ClusterStatus } from '../app/cluster/clusterStatus';
import { traitsOf } from '../core/clusterTraits';
import { AppError } from '../core/errors';
import { addClusterChoiceCommands } from './clusterChoiceCommands';
import { clusterStatusText, databasesText, temporalText } from './clusterStatusText';
import { type Register, withRun } from './context';
import { tellGatewayPort } from './gatewayPort';
import { addLocalClusterCommands } from './localClusterCommands';
import { print, printJson } from './terminal';

interface Json {
  readonly json?: boolean;
}

export const registerCluster: Register = (program, context) => {
  const { product } = context;
  const cluster = program.command('cluster').description('the cluster that environments run in');

  const found = (name?: string) => withRun(true, ({ signal }) => product.clusters.status(name, signal));

  cluster
    .command('start')
    .description('start it; its environments come back by themselves')
    .argument('[name]', "embedded, or one that setup made; without it the repository's")
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      '\nIt does not wait for environments, which may be of any repository: "coppice wait" does, for one.',
    )
    .action(async (name: string | undefined, { json }: Json) => {
      const before = await found(name);
      await withRun(json === true, (run) => product.clusters.start({ name }, run));
      if (traitsOf(before.identity).hasGateway && !before.access && !json) await tellGatewayPort(context);
      const status = await found(name);
      if (json) printJson(clusterJson(status));
      else print(clusterStatusText(status));
    });

  cluster
    .command('stop')
    .description('end it and every process that it started; with the embedded one PostgreSQL, too')
    .argument('[name]', "embedded, or one that setup made; without it the repository's")
    .option('--json', 'print one line of JSON')
    .action(async (name: string | undefined, { json }: Json) => {
      const stopped = await withRun(json === true, (run) => product.clusters.stop({ name }, run));
      if (json) printJson(stopped);
      else
        print(
          stopped.cluster || stopped.databases
            ? 'Stopped. Environments and databases are kept.'
            : 'Nothing was running.',
        );
    });

  cluster
    .command('status')
    .description('whether it runs, and where')
    .argument('[name]', "embedded, or any that was chosen; without it the repository's")
    .option('--json', 'print one line of JSON')
    .action(async (name: string | undefined, { json }: Json) => {
      const status = await found(name);
      if (json) printJson(clusterJson(status));
      else
        for (const line of [clusterStatusText(status), databasesText(status), temporalText(status)])
          if (line) print(line);
    });

  cluster
    .command('kubeconfig')
    .description('print the path of its kubeconfig: KUBECONFIG="$(coppice cluster kubeconfig)" kubectl get pods -A')
    .option('--json', 'print one line of JSON')
    .action(async ({ json }: Json) => {
      const status = await found();
      if (!status.access) {
        const start = status.state === 'stopped' ? ' "coppice cluster start" starts it.' : '';
        throw new AppError('unreachable', clusterStatusText(status) + start);
      }
      const { kubeconfig, context } = status.access;
      if (json) printJson({ kubeconfig, context });
      else print(kubeconfig);
    });

  // What the embedded cluster calls when the database server has died.
  cluster
    .command('return-database', { hidden: true })
    .action(() => withRun(true, (run) => product.databases.returnServer(undefined, run)));

  addClusterChoiceCommands(cluster, context);
  addLocalClusterCommands(cluster, context);
};

function clusterJson({
  identity,
  state,
  note,
  pid,
  access,
  port,
  registry,
  databases,
  temporalTrouble,
}: ClusterStatus): object {
  return {
    running: access !== undefined,
    state,
    note: note ?? null,
    pid: pid ?? null,
    server: access?.server ?? null,
    gatewayPort: access === undefined ? null : (port ?? null),
    kubeconfig: access?.kubeconfig ?? null,
    context: access?.context ?? null,
    kind: identity.kind,
    registry: registry ?? null,
    temporalTrouble: temporalTrouble ?? null,
    databaseServer: databases === undefined ? null : databases ? 'running' : 'stopped',
  };
}
