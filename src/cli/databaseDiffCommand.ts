import type { ObjectChange } from '../core/databaseSchema/compareSchemas';
import { schemaChangeLines } from '../app/view/schemaTexts';
import { pick, snapshotOf, withRun, type Register } from './context';
import { printable } from './table';
import { print, printJson } from './terminal';

interface DiffOptions {
  readonly with?: string;
  readonly json?: boolean;
}

/** How what is defined in a database differs from another: `coppice database diff`. */
export const registerDiff: Register = (database, context) => {
  database
    .command('diff')
    .description("what an environment's database defines otherwise than its template, or than another environment's")
    .argument('[name]', 'worktree; without it this one')
    .option('--with <worktree>', 'compare with the database of this one instead of with the template')
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      '\n+ is in this database only, - in the other only, ~ is in both and differs. Tables, views, functions, types and what\nbelongs to them, settings of the database and of roles in it, and default privileges are compared by their names, whatever owns them; rows are not.',
    )
    .action(async (name: string | undefined, options: DiffOptions) => {
      const { with: other, json = false } = options;
      const snapshot = await snapshotOf(context);
      const { worktree } = pick(snapshot, context, name, true);
      const base = other === undefined ? undefined : pick(snapshot, context, other, true).worktree.path;
      const compare = context.product.databases.compare;
      const difference = await withRun(true, (run) => compare({ folder: worktree.path, with: base }, run));
      const { of, with: compared, same, changes } = difference;
      if (json) printJson({ of, with: compared, same, changes: changes.map(changeJson) });
      else print(schemaChangeLines(difference).map(shown).join('\n'));
    });
};

/** What functions are made of is indented by tabs, too. */
function shown(line: string): string {
  return printable(line.replaceAll('\t', '    '));
}

function changeJson({ change, kind, name, parts }: ObjectChange): object {
  const differing = parts.filter((part) => part.change !== 'same');
  return {
    ...{ change, kind, name },
    parts: differing.map((part) => ({ ...part, before: part.before ?? null, after: part.after ?? null })),
  };
}
