import { once } from 'node:events';
import type { Run } from '../app/run/run';
import { isAbort } from '../core/errors';
import type { Execution } from '../core/ports/workloads';
import { pick, serviceOf, snapshotOf, withRun, type CliContext, type Register } from './context';
import { cancelled } from './terminal';

interface ExecOptions {
  readonly stdin?: boolean;
  readonly tty: boolean;
}

export const registerExec: Register = (program, context) => {
  program
    .command('exec')
    .description("run a program in a service's pod; without one, a shell: coppice exec backend -- ls -l")
    .usage('[options] <service> [name] [-- program arguments…]')
    .argument('<service>')
    .argument('[name]', 'worktree; without it this one')
    .option('-i, --stdin', 'pass the standard input on, also when it is no terminal')
    .option('--no-tty', 'no terminal, also when there is one')
    .action(async (service: string, name: string | undefined, options: ExecOptions) => {
      const snapshot = await snapshotOf(context);
      const entry = pick(snapshot, context, name, true);
      serviceOf(entry, service, snapshot);
      const { path } = entry.worktree;
      await withRun(true, async (run) => {
        try {
          process.exitCode = await execute(context, { folder: path, path, service }, options, run);
        } catch (error) {
          if (!isAbort(error)) throw error;
          process.exitCode = cancelled;
        }
      });
    });
};

/** @returns the program's exit code */
async function execute(
  context: CliContext,
  at: { readonly folder: string; readonly path: string; readonly service: string },
  { stdin = false, tty }: ExecOptions,
  run: Run,
): Promise<number> {
  const hasTerminal = tty && process.stdin.isTTY && process.stdout.isTTY;
  const execution = await context.product.services.exec(
    {
      ...at,
      command: context.passedOn,
      stdin: hasTerminal || stdin,
      tty: hasTerminal ? sizeOf(process.stdout) : undefined,
      onOutput: (data, stream) => printed(data, stream === 'stdout' ? process.stdout : process.stderr),
    },
    run,
  );
  if (!hasTerminal && !stdin) return execution.exited;
  const onResize = (): void => execution.resize(sizeOf(process.stdout));
  if (hasTerminal) {
    // Every key is the program's, Ctrl-C included.
    process.stdin.setRawMode(true);
    process.stdout.on('resize', onResize);
  }
  try {
    return await Promise.race([execution.exited, passInput(execution)]);
  } finally {
    process.stdout.off('resize', onResize);
    if (hasTerminal) process.stdin.setRawMode(false);
    process.stdin.destroy();
    execution.dispose();
  }
}

/** Resolves only with the program's end. Rejects when the program cannot be told that its input is over. */
async function passInput(execution: Execution): Promise<number> {
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) await execution.write(chunk);
  execution.endInput();
  return execution.exited;
}

function printed(data: Uint8Array, to: NodeJS.WriteStream): void | Promise<void> {
  if (!to.write(data)) return once(to, 'drain').then(() => undefined);
  return undefined;
}

function sizeOf({ columns = 80, rows = 24 }: NodeJS.WriteStream): { columns: number; rows: number } {
  return { columns, rows };
}
