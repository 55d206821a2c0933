import { type Register, withRun } from './context';
import { printable } from './table';
import { print, printJson } from './terminal';

export const registerSample: Register = (program, { product, cwd }) => {
  program
    .command('sample')
    .description('make a small repository to try Coppice on, in this folder')
    .option('--json', 'print one line of JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const path = await withRun(json === true, (run) => product.samples.make({ parent: cwd }, run));
      if (json) printJson({ path });
      else print(`${printable(path)} is the sample. "coppice create" in it makes the first environment.`);
    });
};
