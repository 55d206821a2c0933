import { comparisonJson } from '../app/compare/comparisonJson';
import { comparisonText } from '../app/compare/comparisonText';
import { type Register, pick, snapshotOf, withRun } from './context';
import { printable } from './table';
import { print, printJson } from './terminal';

export const registerCompare: Register = (program, context) => {
  program
    .command('compare')
    .description('two or more worktrees side by side: commits, files, health, requests, errors and what databases have')
    .argument('<names...>', 'branch, slug or folder of each')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', compareHelp)
    .action(async (names: readonly string[], { json }: { readonly json?: boolean }) => {
      const snapshot = await snapshotOf(context);
      const paths = names.map((name) => pick(snapshot, context, name, true).worktree.path);
      const comparison = await withRun(true, (run) => context.product.diagnosis.compare({ snapshot, paths }, run));
      if (json) printJson(comparisonJson(comparison));
      else print(comparisonText(comparison, printable, (left) => `and ${left} more; --json has all`));
    });
};

const compareHelp = `
Commits and files count from the last commit that all of them have; files as they lie in the folder, committed or not. Requests, errors
and restarts are of the last hour, where the cluster keeps them. "?" is what could not be told: --json says why.`;
