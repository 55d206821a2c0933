import { latestRowsText } from '../../app/view/latestRowsText';
import type { CommandHandler } from '../context/commandContext';
import { targetDatabase } from '../database/targetDatabase';
import { lastSegment } from '../editor/paths';
import { plainLine } from '../editor/text';
import { runWithProgress } from '../report/progress';

/** By folder of the worktree: the mark of the last look, in this window. */
const looks = new Map<string, string>();

/** Shows what was written last to an environment's database; from the second look on, what is new since the one before. */
export const showLatestRows: CommandHandler = async (context, argument) => {
  const target = await targetDatabase(context, argument, 'Choose the worktree whose latest rows to show');
  if (!target) return;
  const { name, at } = target;
  const { databases, log } = context.dependencies;
  const since = looks.get(at.path);
  const input = { folder: at.folder, since };
  const rows = await runWithProgress(`Looking at what was written last for ${name}`, databases.latestRows, input, log);
  looks.set(at.path, rows.mark);
  const lines = [
    `What was written last to the database of ${plainLine(name)}, the latest first.`,
    since === undefined
      ? 'Run "Show Latest Rows" again after a request: the rows that it has written are marked as new.'
      : '"new" was written since the look before.',
    '',
    latestRowsText(rows, plainLine),
    '',
  ];
  await context.descriptions.showText(
    { name: `Latest rows of ${lastSegment(at.path)}`, text: lines.join('\n') },
    at.path,
  );
};
