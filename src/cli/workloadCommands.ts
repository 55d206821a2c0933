import { verdictJson } from '../app/view/snapshotJson';
import { AppError } from '../core/errors';
import { isTroubled } from '../core/services/isTroubled';
import { environmentOf, pick, serviceOf, snapshotOf, withRun, type CliContext, type Register } from './context';
import { discardData, withDiscardHint } from './discardData';
import { printable, troubleText } from './table';
import { cancelled, notReady, print, printJson } from './terminal';

interface Json {
  readonly json?: boolean;
}

interface ScaleOptions extends Json {
  readonly discard?: readonly 'data'[];
}

/** A service of a worktree, by name: without one this worktree's. @throws notFound, unreachable */
async function find(
  context: CliContext,
  service: string,
  name: string | undefined,
): Promise<{ folder: string; path: string; service: string; namespace: string }> {
  const snapshot = await snapshotOf(context);
  const entry = pick(snapshot, context, name, true);
  serviceOf(entry, service, snapshot);
  const { path } = entry.worktree;
  return { folder: path, path, service, namespace: environmentOf(entry, snapshot).namespace };
}

export const registerWorkloads: Register = (program, context) => {
  program
    .command('scale')
    .description('how many pods a service has, until its next update')
    .argument('<service>')
    .argument('<pods>', '0 stops it')
    .argument('[name]', 'worktree; without it this one')
    .addOption(discardData())
    .option('--json', 'print one line of JSON')
    .addHelpText('after', `\nIt ends once they are ready, or with exit code ${notReady} when they cannot become so.`)
    .action(async (service: string, count: string, name: string | undefined, { json, discard }: ScaleOptions) => {
      const replicas = /^\d{1,4}$/.test(count) ? Number(count) : undefined;
      if (replicas === undefined)
        throw new AppError('invalidInput', `How many pods is a whole number, not "${count}".`);
      const at = await find(context, service, name);
      const scaled = await withRun(true, (run) =>
        context.product.services.scale({ ...at, replicas, accepted: discard }, run).catch(withDiscardHint),
      );
      const { ready, services } = scaled;
      if (!ready) process.exitCode = notReady;
      const verdict = ready ? 'ready' : 'notReady';
      if (json)
        printJson({ namespace: at.namespace, service, replicas, ready, verdict, services: services.map(verdictJson) });
      else if (!ready) print(services.filter(isTroubled).map(troubleText).join('\n'));
      else print(`${printable(service)} of ${at.namespace} has ${replicas} ${replicas === 1 ? 'pod' : 'pods'} now.`);
    });

  program
    .command('describe')
    .description('what the cluster knows of a service: its deployment, its pods, what happened to them')
    .argument('<service>')
    .argument('[name]', 'worktree; without it this one')
    .option('--json', 'print one line of JSON')
    .action(async (service: string, name: string | undefined, { json }: Json) => {
      const at = await find(context, service, name);
      const description = await withRun(true, (run) => context.product.services.describe(at, run));
      if (json) printJson({ namespace: at.namespace, service, description });
      else print(description.trimEnd().split('\n').map(printable).join('\n'));
    });

  program
    .command('forward')
    .description('lead a port of this machine to a service, until Ctrl-C')
    .argument('<service>')
    .argument('[port]', 'of the service, or LOCAL:PORT; without it the first that the service has, at a free port')
    .argument('[name]', 'worktree; without it this one')
    .option('--json', 'print one line of JSON once it listens')
    .action(async (service: string, port: string | undefined, name: string | undefined, { json }: Json) => {
      const ports = parsePorts(port);
      const at = await find(context, service, name);
      await withRun(true, async (run) => {
        const forward = await context.product.services.forward({ ...at, ...ports }, run);
        forward.onDidFail((problem) => process.stderr.write(`${printable(problem)}\n`));
        const address = `127.0.0.1:${forward.localPort}`;
        const { namespace } = at;
        if (json) printJson({ namespace, service, port: forward.port, localPort: forward.localPort, address });
        else
          print(`${address} leads to port ${forward.port} of ${printable(service)} in ${namespace}. Ctrl-C ends it.`);
        await new Promise<void>((resolve) => run.signal.addEventListener('abort', () => resolve(), { once: true }));
        forward.dispose();
        process.exitCode = cancelled;
      });
    });
};

/** `8000` or `9000:8000`, the local one first. @throws invalidInput */
export function parsePorts(text: string | undefined): { port: number | undefined; localPort?: number } {
  if (text === undefined) return { port: undefined };
  const numbers = text.split(':').map((part) => (/^\d{1,5}$/.test(part) ? Number(part) : 0));
  const isGood = numbers.length <= 2 && numbers.every((number) => number >= 1 && number <= 65_535);
  if (!isGood) throw new AppError('invalidInput', `A port is a number up to 65535, or LOCAL:PORT, not "${text}".`);
  const [first, second] = numbers;
  return second === undefined || first === undefined ? { port: first } : { port: second, localPort: first };
}
