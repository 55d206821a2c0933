import { diagnosisJson, diagnosisLines } from '../app/diagnosis/diagnosisText';
import { named, type Register, withRun } from './context';
import { printable } from './table';
import { notReady, print, printJson } from './terminal';

export const registerWhy: Register = (program, context) => {
  program
    .command('why')
    .description('why an environment is not as it should be: the cause, what tells it, and what to do')
    .argument('[name]', 'worktree; without it this one')
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      `\nExit code 0: nothing is wrong that can be seen; ${notReady}: something is, and what is told.`,
    )
    .action(async (name: string | undefined, { json }: { readonly json?: boolean }) => {
      const { cwd: folder, product } = context;
      const diagnosis = await withRun(true, (run) => product.diagnosis.why({ folder, ...named(context, name) }, run));
      if (diagnosis.cause) process.exitCode = notReady;
      if (json) return printJson(diagnosisJson(diagnosis));
      for (const line of diagnosisLines(diagnosis)) print(printable(line));
      return undefined;
    });
};
