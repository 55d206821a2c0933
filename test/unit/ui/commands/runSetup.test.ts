import { beforeEach, expect, it } from 'vitest';
import type { SetUpWorktreeRequest } from '../../../../src/app/environment/setup/setUpWorktree';
import { commandHandlers } from '../../../../src/ui/commands/commandHandlers';
import { editor } from '../../../support/vscodeStub';
import { aSnapshot } from '../builders';
import { aContext } from '../context';

beforeEach(() => editor.reset());

it('runs all setup commands of a worktree again, and says how many', async () => {
  const requests: SetUpWorktreeRequest[] = [];
  const { context, publish } = aContext({
    environments: {
      setup: async (request) => {
        requests.push(request);
        return { ran: 2, logs: [] };
      },
    },
  });
  publish(aSnapshot());
  await commandHandlers['coppice.runSetup'](context, 'worktree:/repo.worktrees/feature');
  expect(requests).toEqual([{ folder: '/repo.worktrees/feature', force: true }]);
  expect(editor.messages.at(-1)?.text).toContain('2 setup commands of');
});
