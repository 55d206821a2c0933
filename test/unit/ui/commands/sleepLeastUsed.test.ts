import { beforeEach, expect, it, vi } from 'vitest';
import type { Slept } from '../../../../src/app/services/sleepEnvironment';
import type { Woken } from '../../../../src/app/services/wakeEnvironment';
import { commandHandlers } from '../../../../src/ui/commands/commandHandlers';
import { editor } from '../../../support/vscodeStub';
import { aContext } from '../context';

beforeEach(() => editor.reset());

const slept: Slept = { namespace: 'worktree-old', asleep: ['web'], awake: [], services: [], ended: true };
const woken: Woken = { namespace: 'worktree-feature', slept: true, ready: true, services: [] };

it('puts to sleep what the product names, and says where nothing runs', async () => {
  const asked: object[] = [];
  let least: { name: string; path: string } | undefined = { name: 'old', path: '/old' };
  const sleep = async (at: object) => (asked.push(at), slept);
  const { context } = aContext({ environments: { sleep, leastUsed: async () => least } });
  await commandHandlers['coppice.sleepLeastUsed'](context, undefined);
  expect(asked).toEqual([{ folder: '/old', path: '/old' }]);
  least = undefined;
  await expect(commandHandlers['coppice.sleepLeastUsed'](context, undefined)).rejects.toMatchObject({
    code: 'notFound',
  });
});

it('is offered once beside what waits to start, and the rows are read anew', async () => {
  const reason = 'waits to start, because 10 MiB of memory are free, while 512 MiB are to stay free';
  const waits = { reason, leastUsed: { name: 'old', path: '/old' } };
  const news = { step: 'wake', title: 'Wake', state: 'running', finished: 0, total: 1 } as const;
  const { context } = aContext({
    environments: {
      wake: async (_, { report }) => {
        report({ ...news, detail: `${reason}; it waits for 10 minutes at most`, waits });
        report({ ...news, detail: 'again', waits });
        return woken;
      },
    },
  });
  editor.answer = () => 'Sleep the Least Used';
  await commandHandlers['coppice.wakeEnvironment'](context, 'worktree:/repo.worktrees/feature');
  await vi.waitFor(() => expect(editor.executed).toHaveLength(2));
  expect(editor.executed).toEqual([['coppice.refresh'], ['coppice.sleepLeastUsed']]);
  expect(editor.messages).toMatchObject([
    {
      severity: 'information',
      text: `Waking feature: it ${reason}. Used least is old.`,
      buttons: ['Sleep the Least Used'],
    },
  ]);
});
