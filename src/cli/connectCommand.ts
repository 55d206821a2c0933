import { Argument } from 'commander';
import { hookTools, type HookTool } from '../core/agents/hookTools';
import { lineChanges } from '../core/text/lineChanges';
import type { PlannedEntry } from '../core/ports/toolEntries';
import { type Register, withRun } from './context';
import { printable } from './table';
import { print, printJson } from './terminal';

interface Options {
  readonly user?: boolean;
  readonly remove?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export const registerConnect: Register = (program, context) => {
  program
    .command('connect')
    .description(
      "have another tool's worktrees get an environment, or an agent's sessions be told of: writes the entry by which it calls Coppice",
    )
    .addArgument(new Argument('<tool>', 'which tool').choices(hookTools))
    .option('--user', "in the tool's settings of this user, for every repository (claude-code, codex, worktrunk)")
    .option('--remove', 'take the entry away again')
    .option('--dry-run', 'print what would be written, and write nothing')
    .option('--json', 'print one line of JSON')
    .action(async (tool: HookTool, options: Options) => {
      const request = {
        folder: context.cwd,
        tool,
        isForUser: options.user === true,
        isRemoval: options.remove === true,
        isDry: options.dryRun === true,
      };
      const entry = await withRun(true, (run) => context.product.tools.connect(request, run));
      const { file, before, after, note } = entry;
      const written = !request.isDry && before !== after;
      if (options.json) printJson({ file, before: before ?? null, after: after ?? null, written, note: note ?? null });
      else print(entryText(entry, request.isDry));
    });
};

function entryText({ file, before, after, note }: PlannedEntry, isDry: boolean): string {
  const notes = note === undefined ? [] : ['', note];
  if (before === after) return [`${printable(file)} is so already.`, ...notes].join('\n');
  const marks = { added: '+', removed: '-', same: ' ' };
  const lines = lineChanges(before, after).map(({ kind, line }) => `${marks[kind]} ${printable(line)}`.trimEnd());
  const gone = after === undefined ? ['Nothing else was in it: it is deleted.'] : [];
  const done = isDry ? ['', 'Nothing was done.'] : [];
  return [printable(file), ...lines, ...gone, ...notes, ...done].join('\n');
}
