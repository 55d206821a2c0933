import { beforeEach, expect, it } from 'vitest';
import type { Collected } from '../../../../src/app/cleanup/collectUnused';
import { AppError } from '../../../../src/core/errors';
import type { CleanupNotice } from '../../../../src/core/ports/cleanupNotices';
import { commandHandlers } from '../../../../src/ui/commands/commandHandlers';
import { collectQuietly } from '../../../../src/ui/window/collectQuietly';
import { editor } from '../../../support/vscodeStub';
import { anEntry, aSnapshot, bareMain } from '../builders';
import { aContext, someDependencies } from '../context';

const day = 24 * 3600_000;
const notice: CleanupNotice = {
  ...{ worktreeId: 'bbbbbbbbbbbb', what: 'environment', gitDir: '/g', head: 'a' },
  ...{ usedAt: Date.now() - 9 * day, givenAt: Date.now(), stood: 0 },
};
const path = '/repo.worktrees/feature';

beforeEach(() => {
  editor.reset();
  editor.settings.set('coppice.clean.automatic', 'environments');
});

const texts = (): string[] => editor.messages.map(({ text }) => text);

async function collecting(collected: Partial<Collected>, answer?: string) {
  const kept: unknown[] = [];
  const { dependencies, calls, logged } = someDependencies({
    cleanup: {
      collect: async () => ({ given: [], taken: [], ...collected }),
      keep: async (request) => void kept.push(request),
    },
  });
  editor.answer = () => answer;
  await collectQuietly(dependencies, '/repo', []);
  return { kept, calls, logged };
}

it('says what goes by itself in a day, and keeps it where that is wanted', async () => {
  const given = [{ name: 'feature', path, notice, goesAfter: Date.now() + day }];
  const { kept, calls } = await collecting({ given }, 'Keep');
  expect(texts()).toEqual([
    expect.stringContaining('feature: its environment goes by itself in 1 day at the earliest'),
  ]);
  expect(kept).toEqual([{ paths: [path] }]);
  expect(calls).toEqual(['refresh', 'refresh']);
  expect((await collecting({ given })).kept).toEqual([]);
});

it('says what has gone, and nothing where there is nothing to say', async () => {
  const { worktree } = anEntry();
  const result = { environment: 'deleted', worktree: 'kept', branch: 'kept' } as const;
  const outcome = { kind: 'removed', worktree, result } as const;
  await collecting({ taken: [{ name: 'feature', notice, outcome }] });
  expect(texts()).toEqual([expect.stringContaining('feature: its environment was removed by itself')]);
  editor.reset();
  editor.settings.set('coppice.clean.automatic', 'environments');
  expect((await collecting({})).calls).toEqual([]);
  expect(editor.messages).toEqual([]);
});

it('disturbs nobody where it fails, and says so in the log', async () => {
  const collect = async (): Promise<never> => {
    throw new AppError('failed', 'It cannot be understood.');
  };
  const { dependencies, logged } = someDependencies({ cleanup: { collect } });
  await collectQuietly(dependencies, '/repo', []);
  expect([editor.messages, logged]).toEqual([[], [expect.stringContaining('It cannot be understood.')]]);
});

it('is taken back by a command, of what goes by itself alone', async () => {
  const kept: unknown[] = [];
  const { context, publish } = aContext({ cleanup: { keep: async (request) => void kept.push(request) } }, ['/repo']);
  publish(aSnapshot({ entries: [bareMain, anEntry({ goes: { what: 'environment', after: 0 } })] }));
  editor.picks = (items) => items[0];
  await commandHandlers['coppice.keepEnvironment'](context, undefined);
  expect(kept).toEqual([{ paths: [path] }]);
});

it('is looked once more where it was switched off, so that notices are taken back, and not again', async () => {
  let looks = 0;
  const collect = async () => {
    looks++;
    return { given: [], taken: [] };
  };
  const { dependencies } = someDependencies({ cleanup: { collect } });
  const look = () => collectQuietly(dependencies, '/other', []);
  editor.settings.set('coppice.clean.automatic', 'never');
  await look();
  expect(looks).toBe(0);
  editor.settings.set('coppice.clean.automatic', 'environments');
  await look();
  editor.settings.set('coppice.clean.automatic', 'never');
  await look();
  await look();
  expect(looks).toBe(2);
});
