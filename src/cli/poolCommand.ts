import { formatTable } from '../core/text/formatTable';
import { poolTotal, spareText } from '../app/pool/poolText';
import type { PoolStatus } from '../app/pool/poolStatus';
import { isAppError } from '../core/errors';
import { type CliContext, type Register, withRun } from './context';
import { printable } from './table';
import { print, printJson } from './terminal';

interface Options {
  readonly json?: boolean;
  readonly patience?: string;
}

export const registerPool: Register = (program, context) => {
  const pool = program.command('pool').description('worktrees that are kept ready for the next creates');
  pool
    .command('status', { isDefault: true })
    .description('each with how far it is, and who uses it; the same without "status"')
    .option('--json', 'print one line of JSON')
    .action(async ({ json }: Options) => {
      const status = await withRun(true, ({ signal }) => context.product.pool.status(context.cwd, signal));
      if (json) printJson(statusJson(status));
      else print(statusText(status));
    });
  pool
    .command('fill')
    .description('make as many as coppice.pool.size says, and remove those that do not fit any more')
    .option('--patience <seconds>', 'how long it waits for the machine to have room', '0')
    .option('--json', 'print one line of JSON')
    .action(async (options: Options) => fill(context, options));
  pool
    .command('empty')
    .description('remove all of them but those that somebody works in')
    .option('--json', 'print one line of JSON')
    .action(async ({ json = false }: Options) => {
      const emptied = await withRun(json, (run) => context.product.pool.empty({ folder: context.cwd }, run));
      if (json) return printJson(emptied);
      const { removed, released, left } = emptied;
      return print(
        [
          ...removed.map((folder) => `${printable(folder)}: removed`),
          ...released.map(releasedText),
          ...left.map(({ folder, why }) => `${printable(folder)}: left, ${printable(why)}`),
        ].join('\n') || 'There is no spare worktree.',
      );
    });
};

async function fill({ product, cwd }: CliContext, { json = false, patience = '0' }: Options): Promise<void> {
  const seconds = Number(patience);
  const request = { folder: cwd, patience: Number.isFinite(seconds) ? seconds : 0 };
  try {
    const filled = await withRun(json, (run) => product.pool.fill(request, run));
    if (json) return printJson({ ...filled, why: filled.why ?? null });
    const lines = [
      ...filled.removed.map((folder) => `${printable(folder)}: removed, it did not fit any more`),
      ...filled.released.map(releasedText),
      ...filled.made.map((folder) => `${printable(folder)}: made`),
      ...(filled.why === undefined ? [] : [printable(`! ${filled.why}`)]),
    ];
    return print(lines.join('\n') || 'Nothing was to be done.');
  } catch (error) {
    // Whoever it is does the same.
    if (request.patience > 0 && isAppError(error, 'conflict')) return undefined;
    throw error;
  }
}

function releasedText(folder: string): string {
  return `${printable(folder)}: somebody works in it, so it is a worktree like any other now`;
}

function statusText(status: PoolStatus): string {
  const rows = status.spares.map((spare) => [
    printable(spare.folder),
    spare.commit.slice(0, 7),
    printable(spareText(spare)),
  ]);
  return [...(rows.length === 0 ? [] : [formatTable(rows)]), printable(poolTotal(status))].join('\n\n');
}

function statusJson({ size, spares, busy, waits }: PoolStatus) {
  return {
    size,
    busy: busy ?? null,
    waits: waits ?? null,
    spares: spares.map(({ folder, state, has, commit, why }) => ({ folder, state, has, commit, why: why ?? null })),
  };
}
