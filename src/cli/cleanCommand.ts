import { formatTable } from '../core/text/formatTable';
import {
  ageText,
  branchText,
  briefProtection,
  byItselfText,
  protectionsText,
  sizeText,
  unripeText,
  untoldText,
  verdictText,
} from '../app/cleanup/cleanupText';
import { cleanedUpJson, cleanupListJson } from '../app/cleanup/cleanupJson';
import type { CleanedUp, CleanupOutcome } from '../app/cleanup/cleanUp';
import type { CleanupRow } from '../app/cleanup/cleanupRow';
import type { CleanupList } from '../app/cleanup/listCleanup';
import type { Run } from '../app/run/run';
import { deleteRemarks } from '../app/view/deleteRemarks';
import { worktreeName } from '../app/view/worktreeView';
import { AppError } from '../core/errors';
import { plural } from '../core/text/plural';
import { type CliContext, pick, type Register, snapshotOf, withRun } from './context';
import { collectAtEnd, sweepAtEnd } from './sweepAtEnd';
import { capitalized, printable } from './table';
import { exitCodes, print, printJson } from './terminal';

interface Options {
  readonly merged?: boolean;
  readonly olderThan?: string;
  readonly unprotected?: boolean;
  readonly environmentOnly?: boolean;
  readonly dryRun?: boolean;
  readonly keep?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const newsMs = 3000;

export const registerClean: Register = (program, context) => {
  program
    .command('clean')
    .description('worktrees that nobody uses, what they take and why they stay; removes nothing without --yes')
    .argument('[names...]', 'branches, slugs, namespaces or folders; without one all of them')
    .option('--merged', 'only those whose commits the default branch has')
    .option('--older-than <days>', 'propose what was not used for so many days (default: the setting clean.days)')
    .option('--unprotected', 'only those that could go')
    .option('--environment-only', 'environments alone; worktrees stay')
    .option('--dry-run', 'say of each why it would go, or stay')
    .option('--yes', 'remove those that are proposed, or named, and that nothing protects')
    .option('--keep', 'count those that are named, or that it is called in, as used now: they do not go by themselves')
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      '\nWhat "coppice delete" would ask about stays, and so does what is merged nowhere and on no remote, or in use.' +
        '\nA worktree goes into the trash: "coppice undo" brings it back.' +
        '\nWith the setting clean.automatic environments that nobody uses go by themselves, a day after that was said here.' +
        `\nExit code ${exitCodes.conflict}: one that was named stays; 1: one could not be removed.`,
    )
    .action(async (names: string[], options: Options) => {
      const { json = false, environmentOnly = false, dryRun = false } = options;
      if (options.keep) return keep(context, names, options);
      const days = daysOf(options.olderThan);
      const named = names.length === 0 ? undefined : await pathsOf(context, names, options);
      const scope = { folder: context.cwd, here: [context.cwd], environmentOnly };
      const list = async (): Promise<CleanupList> => {
        const all = await withRun(true, (run) =>
          context.product.cleanup.list(
            { ...scope, paths: named, days },
            { ...run, report: json ? run.report : tellNow(context) },
          ),
        );
        // Who names one has decided that it is old enough.
        const rows = named ? all.rows.map((row) => ({ ...row, isProposed: row.protections.length === 0 })) : all.rows;
        return { ...all, rows: rows.filter((row) => isShown(row, options)) };
      };
      if (!options.yes || dryRun) {
        const shown = await list();
        if (json) printJson(cleanupListJson(shown));
        else print(dryRun ? verdicts(shown, context.now()) : table(shown, environmentOnly, context.now()));
        if (!dryRun) await collectAtEnd(context, context.cwd);
        return;
      }
      const request = named ? { paths: named } : proposedOf(await list());
      const cleaned = await withRun(json, (run) => context.product.cleanup.remove({ ...scope, ...request }, run));
      if (json) printJson(cleanedUpJson(cleaned));
      else print(outcomesText(cleaned));
      if (!json) tellRemarks(cleaned);
      if (cleaned.outcomes.some(({ kind }) => kind === 'failed')) process.exitCode = exitCodes.failed;
      else if (named && cleaned.outcomes.some(({ kind }) => kind === 'kept')) process.exitCode = exitCodes.conflict;
      await sweepAtEnd(context, context.cwd);
    });
};

async function keep(context: CliContext, names: readonly string[], options: Options): Promise<void> {
  const { yes = false, dryRun = false, environmentOnly = false, json = false } = options;
  if (yes || dryRun || environmentOnly)
    throw new AppError('invalidInput', '--keep removes nothing: it goes with --json alone.');
  const snapshot = await snapshotOf(context);
  const chosen = names.length === 0 ? [undefined] : names;
  // As those that are removed: by the whole name.
  const worktrees = chosen.map((name) => pick(snapshot, context, name, false));
  const paths = [...new Set(worktrees.map(({ worktree }) => worktree.path))];
  await withRun(json, (run) => context.product.cleanup.keep({ paths }, run));
  if (json) printJson({ kept: paths });
  else print(worktrees.map((entry) => `${printable(worktreeName(entry))}: counts as used now`).join('\n'));
}

/** To look at many large ones takes a while: how many are done is told now and then, on standard error. */
function tellNow({ now }: Pick<CliContext, 'now'>): Run['report'] {
  let told = now();
  return ({ finished, total }) => {
    if (now() - told < newsMs || finished === total) return;
    told = now();
    process.stderr.write(`  Looked at ${finished} of ${plural(total, 'worktree')}\n`);
  };
}

/** @throws notFound, invalidInput */
async function pathsOf(
  context: CliContext,
  names: readonly string[],
  { merged, unprotected, olderThan }: Options,
): Promise<readonly string[]> {
  if (merged || unprotected || olderThan !== undefined)
    throw new AppError('invalidInput', '--merged, --older-than and --unprotected choose where nobody names any.');
  const snapshot = await snapshotOf(context);
  return [...new Set(names.map((name) => pick(snapshot, context, name, false).worktree.path))];
}

function daysOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new AppError('invalidInput', `--older-than is a number of days, not "${text}".`);
}

function proposedOf({ rows, days }: CleanupList): { readonly paths: readonly string[]; readonly days: number } {
  return { paths: rows.filter(({ isProposed }) => isProposed).map(({ worktree }) => worktree.path), days };
}

function isShown(row: CleanupRow, { merged, unprotected }: Options): boolean {
  if (merged && row.branch?.kind !== 'merged') return false;
  return !unprotected || row.protections.length === 0;
}

function table({ rows, orphans, days }: CleanupList, environmentOnly: boolean, now: number): string {
  const cells = rows.map((row) => [
    printable(row.view.name),
    row.size ? sizeText(row.size) : '-',
    row.usedAt === undefined ? '-' : ageText(now - row.usedAt),
    row.madeAt === undefined ? '-' : ageText(now - row.madeAt),
    printable(branchText(row)),
    row.identity ? capitalized(row.view.words) : '-',
    printable([whyOf(row, days), byItselfText(row, now)].filter((text) => text !== '').join('; ')),
  ]);
  const header = ['NAME', 'SIZE', 'UNUSED', 'AGE', 'COMMITS', 'ENVIRONMENT', 'STAYS BECAUSE'];
  const left = orphans.map(
    ({ namespace }) =>
      `No worktree has the environment ${printable(namespace)} any more: "coppice delete ${printable(namespace)}" deletes it.`,
  );
  return [
    rows.length === 0 ? 'There is nothing to clean up.' : formatTable([header, ...cells]),
    ...left,
    total(rows, environmentOnly),
  ]
    .filter((text) => text !== '')
    .join('\n\n');
}

/** '' : none is proposed. */
function total(rows: readonly CleanupRow[], environmentOnly: boolean): string {
  const proposed = rows.filter(({ isProposed }) => isProposed);
  if (proposed.length === 0) return '';
  // The folders stay.
  if (environmentOnly) return `--yes removes ${plural(proposed.length, 'environment')}.`;
  const bytes = proposed.reduce((sum, { size }) => sum + (size?.bytes ?? 0), 0);
  const isCut = proposed.some(({ size }) => size?.isCut !== false);
  return `--yes removes ${plural(proposed.length, 'worktree')}, ${sizeText({ bytes, isCut })}.`;
}

function whyOf(row: CleanupRow, days: number): string {
  const { protections, isProposed } = row;
  if (protections.length > 0) return protections.map(briefProtection).join(', ');
  if (!isProposed) return unripeText(row, days);
  const untold = untoldText(row);
  return untold === '' ? '(can go)' : `(can go; ${untold})`;
}

function verdicts({ rows, days }: CleanupList, now: number): string {
  if (rows.length === 0) return 'There is nothing to clean up.';
  return rows.map((row) => printable(`${row.view.name} ${verdictText(row, days, now)}`)).join('\n');
}

function outcomesText({ outcomes }: CleanedUp): string {
  return outcomes.length === 0 ? 'Nothing was removed.' : outcomes.map(outcomeText).join('\n');
}

/** On stderr: whoever reads stdout reads what became of them. */
function tellRemarks({ outcomes }: CleanedUp): void {
  for (const outcome of outcomes)
    for (const remark of outcome.kind === 'removed' ? deleteRemarks(outcome.result) : [])
      process.stderr.write(`! ${printable(`${nameOf(outcome)}: ${remark}`)}\n`);
}

function nameOf({ worktree }: CleanupOutcome): string {
  return worktree.branch ?? worktree.path;
}

function outcomeText(outcome: CleanupOutcome): string {
  const name = printable(nameOf(outcome));
  switch (outcome.kind) {
    case 'removed': {
      const { environment, worktree, branch, undo } = outcome.result;
      const fates = Object.entries({ environment, worktree, branch }).filter(([, fate]) => fate !== 'none');
      const told = fates.map(([what, fate]) => `${what} ${fate}`).join(', ');
      return `${name}: ${told}${undo === undefined ? '' : ` ("coppice undo ${name}" brings it back)`}`;
    }
    case 'kept':
      return `${name}: stays, ${printable(protectionsText(outcome.protections))}`;
    case 'failed':
      return `${name}: not removed, ${printable(outcome.error.message)}`;
  }
}
