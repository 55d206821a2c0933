import { beforeEach, expect, it } from 'vitest';
import type { UndoRequest } from '../../../../src/app/environment/undo/undoDelete';
import type { DeletedWorktree } from '../../../../src/core/worktrees/deletedWorktree';
import { commandHandlers } from '../../../../src/ui/commands/commandHandlers';
import { editor } from '../../../support/vscodeStub';
import { anIdentity, aWorktree } from '../builders';
import { aContext } from '../context';

beforeEach(() => editor.reset());

const feature: DeletedWorktree = {
  ...{ id: 'one', path: '/repo.worktrees/feature', branch: 'feature', head: 'a'.repeat(40), deletedAt: 0 },
  ...{ gitDir: '/repo/.git/coppice-trash/one.deleted/registration', recovery: [] },
};

function undoing() {
  const requests: UndoRequest[] = [];
  const { context } = aContext({
    environments: {
      undoDelete: async (request) => {
        requests.push(request);
        return { worktree: aWorktree(), identity: anIdentity(), isDatabaseKept: false };
      },
      sweepTrash: async () => undefined,
      delete: async () => ({
        ...{ environment: 'deleted', worktree: 'deleted', branch: 'deleted' },
        ...{ undo: 'one', recovery: ['refs/coppice/recovery/now/feature'] },
        left: 'what could not be deleted (EACCES) lies in /trash/one',
      }),
    },
  });
  return { requests, context };
}

it('says that the trash is empty where nothing can be brought back', async () => {
  const { context } = aContext({ environments: { deleted: async () => [] } });
  await commandHandlers['coppice.undoDelete'](context, undefined);
  expect(editor.messages).toMatchObject([{ text: 'The trash is empty: nothing can be brought back.' }]);
});

it('is offered with a delete, says what is gone for good, and where commits stay', async () => {
  const { requests, context } = undoing();
  editor.answer = ({ buttons }) => buttons.find((button) => ['Delete', 'Undo Delete'].includes(button));
  await commandHandlers['coppice.delete'](context, 'worktree:/repo.worktrees/feature');
  expect(requests).toEqual([{ folder: '/repo', id: feature.id }]);
  const [, deleted, undone] = editor.messages;
  expect(deleted?.text).toContain('Commits that nothing else has stay at refs/coppice/recovery/now/feature.');
  expect(deleted?.text).toContain('What could not be deleted (EACCES) lies in /trash/one.');
  expect(undone?.text).toMatch(
    /^The worktree feature is back in .*rows of its database wt_feature are gone for good\. Create Environment makes/,
  );
});

it('asks which one, with text that others wrote shown as text', async () => {
  const { requests, context } = undoing();
  const seen: unknown[] = [];
  const environments = {
    ...context.dependencies.environments,
    deleted: async () => [{ ...feature, branch: '$(x)\u202ea' }],
  };
  editor.picks = (items) => {
    seen.push(items[0]);
    return items[0];
  };
  await commandHandlers['coppice.undoDelete'](
    { ...context, dependencies: { ...context.dependencies, environments } },
    undefined,
  );
  expect(seen).toMatchObject([{ label: '\\$(x)\ufffda', detail: feature.path }]);
  expect(requests).toEqual([{ folder: '/repo', id: 'one' }]);
});
