import { AppError } from '../core/errors';
import { addClusterChoiceCommands } from './clusterChoiceCommands';
import { type Register, withRun } from './context';
import { tellGatewayPort } from './gatewayPort';
import { print, printJson } from './terminal';

interface Json {
  readonly json?: boolean;
}

export const registerCluster: Register = (program, context) => {
  const { product } = context;
  const cluster = program.command('cluster').description('the cluster that environments run in');

  const found = async () => {
    const running = await withRun(true, ({ signal }) => product.findCluster(signal));
    if (!running) return { running: false, server: null, gatewayPort: null, kubeconfig: null, context: null };
    const { access, gatewayPort } = running;
    return {
      running: true,
      server: access.server,
      gatewayPort,
      kubeconfig: access.kubeconfig,
      context: access.context,
    };
  };

  cluster
    .command('start')
    .description('start it; its environments come back by themselves')
    .option('--json', 'print one line of JSON')
    .action(async ({ json }: Json) => {
      const running = await product.findCluster();
      await withRun(json === true, (run) => product.startServers(undefined, run));
      if (!running && !json) await tellGatewayPort(context);
      const status = await found();
      if (json) printJson(status);
      else print(`The cluster runs at ${status.server ?? ''}, its gateway at port ${status.gatewayPort ?? ''}.`);
    });

  cluster
    .command('stop')
    .description('end it, PostgreSQL, and every process that they started')
    .option('--json', 'print one line of JSON')
    .action(async ({ json }: Json) => {
      const stopped = await withRun(json === true, (run) => product.stopServers(undefined, run));
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
    .option('--json', 'print one line of JSON')
    .action(async ({ json }: Json) => {
      const status = await found();
      if (json) printJson(status);
      else
        print(
          status.running
            ? `The cluster runs at ${status.server}, its gateway at port ${status.gatewayPort}.`
            : 'The cluster does not run.',
        );
    });

  cluster
    .command('kubeconfig')
    .description('print the path of its kubeconfig: KUBECONFIG="$(coppice cluster kubeconfig)" kubectl get pods -A')
    .option('--json', 'print one line of JSON')
    .action(async ({ json }: Json) => {
      const { kubeconfig, context } = await found();
      if (kubeconfig === null)
        throw new AppError('unreachable', 'The cluster does not run: "coppice cluster start" starts it.');
      if (json) printJson({ kubeconfig, context });
      else print(kubeconfig);
    });

  addClusterChoiceCommands(cluster, context);
};
