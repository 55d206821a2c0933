import type { Command } from 'commander';
import type { ClusterContents } from '../app/cluster/deleteCluster';
import { AppError } from '../core/errors';
import type { CliContext } from './context';
import { withRun } from './context';
import { listOption } from './listOption';
import { print, printJson } from './terminal';

const kinds = ['environments', 'others', 'unseen'] as const;
type Kind = (typeof kinds)[number];

interface Json {
  readonly json?: boolean;
}

/** `coppice cluster setup` and `delete`: clusters of containers on this machine. */
export function addLocalClusterCommands(cluster: Command, { product, cwd }: CliContext): void {
  cluster
    .command('setup')
    .description('make a cluster on this machine with k3d and Docker, and choose it for this repository')
    .option('--name <name>', 'without it "coppice"')
    .option('--port <port>', 'port of the URLs; without it 80, else the next free one')
    .option('--json', 'print one line of JSON')
    .action(async (options: Json & { readonly name?: string; readonly port?: string }) => {
      const httpPort = options.port === undefined ? undefined : parsePort(options.port);
      const made = await withRun(options.json === true, (run) =>
        product.clusters.setUp({ folder: cwd, name: options.name, httpPort }, run),
      );
      const { name, identity, kubeconfig, registry, found } = made;
      const { context, server } = identity;
      if (options.json) printJson({ name, context, server, port: made.httpPort, registry, kubeconfig, found });
      else
        print(
          `The environments of this repository run in the cluster ${name} from now on: URLs at port ${made.httpPort}, registry at ${registry}.`,
        );
    });

  cluster
    .command('delete')
    .description('delete a cluster that "setup" made; refuses what would lose environments')
    .argument('<name>')
    .addOption(listOption('--discard <losses>', 'accept losing, by name', 'loss', kinds))
    .option('--json', 'print one line of JSON')
    .action(async (name: string, options: Json & { readonly discard?: readonly Kind[] }) => {
      const discard = options.discard ?? [];
      const deleted = await withRun(options.json === true, async (run) => {
        const contents = await product.clusters.contents({ folder: cwd, name }, run);
        const accepted = [
          ...(discard.includes('environments') ? contents.own : []),
          ...(discard.includes('others') ? contents.others : []),
        ];
        const request = { folder: cwd, name, accepted, unseen: discard.includes('unseen') };
        return product.clusters.delete(request, run).catch((error: unknown) => {
          throw withHint(error, contents, discard);
        });
      });
      if (options.json) printJson({ name, environments: deleted.own, others: deleted.others });
      else print(`The cluster ${name} is deleted.`);
    });
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw new AppError('invalidInput', `--port must be a port, not "${text}".`);
  return port;
}

/** In a terminal the person accepts a loss by running the command again with its name. */
function withHint(error: unknown, { own, others, isUnseen }: ClusterContents, discard: readonly Kind[]): unknown {
  if (!(error instanceof AppError) || error.code !== 'conflict') return error;
  const present: readonly Kind[] = [
    ...(own.length > 0 ? (['environments'] as const) : []),
    ...(others.length > 0 ? (['others'] as const) : []),
    ...(isUnseen ? (['unseen'] as const) : []),
  ];
  if (present.every((kind) => discard.includes(kind))) return error;
  return new AppError('conflict', error.message, {
    explanation: `To lose it all the same: --discard ${present.join(',')}`,
    cause: error,
  });
}
