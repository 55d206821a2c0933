import { environmentFileName } from '../core/environmentFile';
import type { Register } from './context';
import { print, printJson } from './terminal';

export const registerSchema: Register = (program, { product }) => {
  program
    .command('schema')
    .description(`the JSON Schema of ${environmentFileName}, for an editor's yaml-language-server`)
    .option('--json', 'print one line of JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const schema = await product.environmentFile.schema();
      if (json) printJson(schema);
      else print(JSON.stringify(schema, undefined, 2));
    });
};
