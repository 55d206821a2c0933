import { type Register, withRun } from './context';
import { print, printJson } from './terminal';

export const registerReport: Register = (program, { product, cwd }) => {
  program
    .command('report')
    .description('what somebody needs to find out what does not work, without secrets; nothing is sent')
    .option('--json', 'print one line of JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const request = { folder: cwd, program: 'The command coppice', log: [], secrets: [] };
      const report = await withRun(true, (run) => product.reports.make(request, run));
      if (json) return printJson({ report });
      print(report.trimEnd());
      process.stderr.write(
        'Nothing was sent. Read it before you give it to anybody: "coppice report > report.md" keeps it.\n',
      );
      return undefined;
    });
};
