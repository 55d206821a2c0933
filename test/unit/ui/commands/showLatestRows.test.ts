import { beforeEach, expect, it } from 'vitest';
import type { LatestRowsAt } from '../../../../src/app/environment/database/latestRows';
import { showLatestRows } from '../../../../src/ui/commands/showLatestRows';
import { editor } from '../../../support/vscodeStub';
import { anEntry, aSnapshot, bareMain } from '../builders';
import { aContext } from '../context';

beforeEach(() => editor.reset());

it('shows what was written last, and from the second look on what is new since the one before', async () => {
  const asked: LatestRowsAt[] = [];
  const latestRows = async (input: LatestRowsAt) => {
    asked.push(input);
    const rows = [{ cells: ['1', 'a\u202eb', null], isNew: input.since !== undefined }];
    return {
      tables: [{ name: 'visits', columns: ['id', 'what', 'at'], rows, isCut: false, deleted: 2 }],
      ...{ left: ['large'], mark: String(700 + asked.length) },
    };
  };
  const { context, publish } = aContext({ databases: { latestRows } });
  publish(aSnapshot({ entries: [bareMain, anEntry()] }));
  const text = (): string => context.descriptions.provideTextDocumentContent(editor.documents.at(-1) as never);
  const row = 'worktree:/repo.worktrees/feature';
  await showLatestRows(context, row);
  expect(text()).toContain('Run "Show Latest Rows" again after a request');
  expect(text()).toContain('visits: 1 row, 2 deleted\n  id  what  at\n  1   a\ufffdb   NULL\n');
  expect(text()).toContain('Not looked at, as it takes too long, is locked, or is not to be read by its role: large');
  await showLatestRows(context, row);
  expect(asked.map(({ since }) => since)).toEqual([undefined, '701']);
  expect(text()).toContain('visits: 1 row, 1 new, 2 deleted\n       id  what  at\n  new  1   a\ufffdb   NULL\n');
  expect(editor.documents.at(-1)).toMatchObject({ path: '/Latest rows of feature.txt' });
});
