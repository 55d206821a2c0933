import { beforeEach, expect, it } from 'vitest';
import type { EmptyTrashRequest } from '../../../../src/app/trash/emptyTrash';
import type { TrashRow } from '../../../../src/app/trash/listTrash';
import { AppError } from '../../../../src/core/errors';
import { commandHandlers } from '../../../../src/ui/commands/commandHandlers';
import { editor } from '../../../support/vscodeStub';
import { aContext } from '../context';

beforeEach(() => editor.reset());

function aRow(id: string, branch: string, change: Partial<TrashRow> = {}): TrashRow {
  const place = `/repo/.git/coppice-trash/${id}.deleted`;
  const deleted = { id, path: `/repo.worktrees/${id}`, branch, head: 'a'.repeat(40), deletedAt: Date.now() };
  return {
    ...{ id, path: place, deleted: { ...deleted, gitDir: `${place}/registration`, recovery: [] } },
    ...{ stays: undefined, until: Date.now() + 1000, size: { bytes: 2048, isCut: false }, database: undefined },
    ...change,
  };
}

function emptying(rows: readonly TrashRow[]) {
  const requests: EmptyTrashRequest[] = [];
  const { context } = aContext({
    trash: {
      list: async () => ({ rows, databasesUnknown: undefined }),
      empty: async (request) => {
        requests.push(request);
        const outcomes = request.ids.map((id) => {
          const deleted = rows.find((row) => row.id === id)?.deleted;
          if (id !== 'stuck' && deleted) return { kind: 'removed', id, deleted } as const;
          return { kind: 'kept', id, error: new AppError('conflict', 'It stays.') } as const;
        });
        return { outcomes, left: [] };
      },
    },
  });
  return { requests, run: () => commandHandlers['coppice.emptyTrash'](context, undefined) };
}

it('says that the trash is empty', async () => {
  const { requests, run } = emptying([]);
  await run();
  expect(editor.messages).toMatchObject([{ text: 'The trash is empty.' }]);
  expect(requests).toEqual([]);
});

it('removes what was chosen, once what goes was named and confirmed', async () => {
  const { requests, run } = emptying([aRow('one', '$(x)a'), aRow('two', 'b')]);
  const seen: unknown[] = [];
  editor.picks = (items) => {
    seen.push(...items);
    return [items[0]] as never;
  };
  editor.answer = () => undefined;
  await run();
  expect(seen).toMatchObject([
    { label: '\\$(x)a', description: expect.stringContaining('2.0 KiB'), picked: true },
    { label: 'b', picked: true },
  ]);
  const [asked] = editor.messages;
  expect(asked?.text).toBe('Remove 1 deleted worktree, 2.0 KiB for good?');
  expect(JSON.stringify(asked)).toContain('the files of /repo.worktrees/one (2.0 KiB)');
  expect(requests).toEqual([]);
  editor.answer = ({ buttons }) => buttons.find((button) => button === 'Remove for Good');
  await run();
  expect(requests).toEqual([{ folder: '/repo', ids: ['one'] }]);
  expect(editor.messages.at(-1)?.text).toBe('1 deleted worktree removed for good.');
});

it('says why one was not removed, also before it is chosen', async () => {
  const { run } = emptying([aRow('stuck', 'a', { stays: 'something is mounted at /mnt' })]);
  const seen: unknown[] = [];
  editor.picks = (items) => {
    seen.push(...items);
    return [items.at(-1)] as never;
  };
  editor.answer = ({ buttons }) => buttons.find((button) => button === 'Remove for Good');
  await run();
  expect(seen.at(-1)).toMatchObject({ detail: 'Stays: something is mounted at /mnt · /repo.worktrees/stuck' });
  expect(editor.messages.at(-1)?.text).toBe('0 deleted worktrees removed for good. a was not removed: It stays.');
});
