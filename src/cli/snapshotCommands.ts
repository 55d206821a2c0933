import { formatTable } from '../core/text/formatTable';
import type { Replaced } from '../app/environment/database/replaceDatabase';
import type { ListedSnapshot, SnapshotAt } from '../app/environment/database/snapshots';
import { replacedText } from '../app/view/replacedText';
import { verdictJson } from '../app/view/snapshotJson';
import { AppError } from '../core/errors';
import { isTroubled } from '../core/services/isTroubled';
import { approvalOption, approveInTerminal, type ApprovalOptions } from './approveInTerminal';
import { environmentOf, pick, snapshotOf, withRun, type CliContext, type Register } from './context';
import { printable, troubleText } from './table';
import { notReady, print, printJson } from './terminal';

interface Json {
  readonly json?: boolean;
}

/** @throws notFound, unreachable, conflict */
async function placeOf(context: CliContext, name: string | undefined): Promise<Omit<SnapshotAt, 'name'>> {
  const known = await snapshotOf(context);
  const entry = pick(known, context, name, true);
  environmentOf(entry, known);
  const { path } = entry.worktree;
  return { folder: path, path };
}

/** States of an environment's database, and what brings them back. */
export const registerSnapshots: Register = (database, context) => {
  database
    .command('snapshots')
    .description("the snapshots of an environment's database, the newest first, and those that are kept of others")
    .argument('[name]', 'worktree; without it this one')
    .option('--kept', 'all of this repository that stay when their environment goes, instead of those of a worktree')
    .option('--delete <snapshot>', 'delete this one instead; it cannot be brought back')
    .option('--json', 'print one line of JSON')
    .action(async (name: string | undefined, options: Json & { readonly delete?: string; readonly kept?: boolean }) => {
      const { json = false, delete: unwanted } = options;
      if (options.kept) {
        if (name !== undefined) throw new AppError('invalidInput', 'Either a worktree or --kept: not both.');
        return ofRepository(context, unwanted, json);
      }
      const at = await placeOf(context, name);
      const { databases } = context.product;
      if (unwanted !== undefined) {
        await withRun(json, (run) => databases.deleteSnapshot({ ...at, name: unwanted }, run));
        return json ? printJson({ deleted: unwanted }) : print(`The snapshot ${unwanted} is deleted.`);
      }
      const snapshots = await withRun(true, (run) => databases.listSnapshots(at, run));
      if (json) printJson({ snapshots: snapshots.map(snapshotJson) });
      else print(snapshotTable(snapshots));
    });

  database
    .command('snapshot')
    .description("keep the present state of an environment's database under a name")
    .argument('<snapshot>', 'letters, digits, ".", "_" and "-"')
    .argument('[name]', 'worktree; without it this one')
    .option('--keep', 'keep it also when the environment goes, until it is deleted by its name')
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      '\nServices lose their connections to it, wait for the copy, and go on. It is refused when so many wait that other\ndatabases would get no connection: put the environment to sleep for it then.',
    )
    .action(
      async (
        snapshot: string,
        name: string | undefined,
        { json = false, keep = false }: Json & { readonly keep?: boolean },
      ) => {
        const at = await placeOf(context, name);
        const taken = await withRun(json, (run) =>
          context.product.databases.takeSnapshot({ ...at, name: snapshot, keep }, run),
        );
        if (json) printJson({ snapshot: snapshotJson(taken) });
        else
          print(`The snapshot ${taken.name} is taken${taken.bytes === undefined ? '' : `: ${sizeText(taken.bytes)}`}.`);
      },
    );

  database
    .command('restore')
    .description("bring back a snapshot of an environment's database; what it replaces becomes one itself")
    .argument('<snapshot>', 'of the environment, or one that is kept of another')
    .argument('[name]', 'worktree; without it this one')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', replacing)
    .action(async (snapshot: string, name: string | undefined, { json = false }: Json) => {
      const at = await placeOf(context, name);
      const replaced = await withRun(json, (run) =>
        context.product.databases.restoreSnapshot({ ...at, name: snapshot }, run),
      );
      tell(replaced, `The database is as it was in the snapshot ${snapshot}.`, { restored: snapshot }, json);
    });

  database
    .command('reset')
    .description(
      "make an environment's database anew from its template, with its branch's migrations; what it replaces becomes a snapshot",
    )
    .argument('[name]', 'worktree; without it this one')
    .option(...approvalOption)
    .option('--json', 'print one line of JSON')
    .addHelpText('after', replacing)
    .action(async (name: string | undefined, options: ApprovalOptions) => {
      const { json = false } = options;
      const at = await placeOf(context, name);
      const replaced = await withRun(json, (run) =>
        context.product.databases.reset(at, { ...run, approve: approveInTerminal(options) }),
      );
      const { template, unmigrated = null } = replaced;
      tell(replaced, `The database is a new clone of ${template}.`, { template, unmigrated }, json);
    });
};

/** What is kept of environments that are there, and of those that are gone. */
async function ofRepository(context: CliContext, unwanted: string | undefined, json: boolean): Promise<void> {
  const { databases } = context.product;
  const folder = context.cwd;
  if (unwanted !== undefined) {
    await withRun(json, (run) => databases.deleteKeptSnapshot({ folder, name: unwanted }, run));
    return json ? printJson({ deleted: unwanted }) : print(`The snapshot ${printable(unwanted)} is deleted.`);
  }
  const kept = await withRun(true, (run) => databases.listKeptSnapshots({ folder }, run));
  if (json) return printJson({ snapshots: kept.map((each) => ({ ...snapshotJson(each), database: each.database })) });
  print(snapshotTable(kept.map((each) => ({ ...each, database: each.database }))));
}

/** `coppice database fork`. */
export const registerFork: Register = (database, context) => {
  database
    .command('fork')
    .description("make an environment's database a copy of what another's has now; what it replaces becomes a snapshot")
    .argument('<from>', 'worktree whose database is copied')
    .argument('[name]', 'worktree whose database it becomes; without it this one')
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      `${replacing}\nServices of the other environment lose their connections for the copy, and go on.\n"coppice create <branch> --database-from <worktree>" makes a new environment so.`,
    )
    .action(async (from: string, name: string | undefined, { json = false }: Json) => {
      const at = await placeOf(context, name);
      const source = await placeOf(context, from);
      const forked = await withRun(json, (run) => context.product.databases.fork({ ...at, from: source.path }, run));
      tell(forked, `The database is a copy of what ${forked.source} has.`, { source: forked.source }, json);
    });
};

const replacing = `
Services sleep meanwhile, and what ran is woken; it ends once they are ready, or with exit code ${notReady} when they cannot become so.
What was replaced is kept until the same is done again, and longer where something was written to it. Take a snapshot of your own of what is to stay.`;

function tell({ value, woken, unmigrated }: Replaced, done: string, what: object, json: boolean): void {
  const { kept, dropped } = value;
  const services = woken?.services ?? [];
  const isReady = (woken?.ready ?? true) && unmigrated === undefined;
  if (!isReady) process.exitCode = notReady;
  if (json) {
    const verdict = isReady ? 'ready' : 'notReady';
    const { problem = null } = woken ?? {};
    printJson({ ...what, kept: snapshotJson(kept), dropped, verdict, problem, services: services.map(verdictJson) });
    return;
  }
  print(replacedText(done, value));
  if (unmigrated !== undefined) print(unmigrated.split('\n').map(printable).join('\n'));
  if (woken?.problem !== undefined)
    print(`The services could not be woken: ${printable(woken.problem)} "coppice wake" wakes them.`);
  else if (services.some(isTroubled)) print(services.filter(isTroubled).map(troubleText).join('\n'));
}

function snapshotTable(snapshots: readonly (ListedSnapshot & { readonly database?: string })[]): string {
  if (snapshots.length === 0) return 'There is no snapshot.';
  const rows = snapshots.map(({ name, takenAt, commit, bytes, before, isKept, isOthers, database }) => [
    printable(name),
    new Date(takenAt).toISOString().slice(0, 19).replace('T', ' '),
    printable(commit?.slice(0, 7) ?? '-'),
    bytes === undefined ? '-' : sizeText(bytes),
    database ?? noteOf({ before, isKept, isOthers }),
  ]);
  return formatTable([['NAME', 'TAKEN (UTC)', 'COMMIT', 'SIZE', ''], ...rows]);
}

function noteOf({ before, isKept, isOthers }: Pick<ListedSnapshot, 'before' | 'isKept' | 'isOthers'>): string {
  if (isOthers) return "another environment's";
  if (isKept) return 'stays when its environment goes';
  return before === undefined ? '' : `kept before a ${before}`;
}

function sizeText(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}

function snapshotJson({ name, takenAt, commit, before, bytes, isKept, isOthers }: ListedSnapshot): object {
  const at = new Date(takenAt).toISOString();
  const what = { name, takenAt: at, commit: commit ?? null, before: before ?? null, bytes: bytes ?? null };
  return { ...what, kept: isKept === true, others: isOthers === true };
}
