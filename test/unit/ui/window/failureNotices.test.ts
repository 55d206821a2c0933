import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Health, Snapshot } from '../../../../src/core/model';
import type { UiDependencies } from '../../../../src/ui/editor/dependencies';
import { FailureNotices } from '../../../../src/ui/window/failureNotices';
import { editor } from '../../../support/vscodeStub';
import { anEntry, anEnvironment, aService, aSnapshot, aWorktree, bareMain, hostileTexts, offline } from '../builders';
import { someDependencies } from '../context';

beforeEach(() => {
  editor.reset();
  vi.useFakeTimers();
  editor.settings.set('coppice.notices.failing', true);
});

afterEach(() => vi.useRealTimers());

const reason = 'exit code 1: DATABASE_POOL must be set';

function at(health: Health, change: Partial<Snapshot> = {}, why = reason): Snapshot {
  const services = [aService({ name: 'web', health, state: 'CrashLoopBackOff', reason: why })];
  const entry = anEntry({ environment: anEnvironment({ health, services }) });
  const other = anEntry({ worktree: aWorktree({ branch: 'other', path: '/other', gitDir: '/other/.git' }) });
  return aSnapshot({ entries: [bareMain, entry, other], ...change });
}

const here = '/repo.worktrees/feature';

/** What all windows know together. */
function claims() {
  const told = new Set<string>();
  return {
    claim: async ({ gitDir }: { gitDir: string }) => !told.has(gitDir) && (told.add(gitDir), true),
    forget: async ({ gitDir }: { gitDir: string }) => void told.delete(gitDir),
  };
}

function aWindow(shared: UiDependencies['notices'] = claims(), own?: string) {
  const shown: string[][] = [];
  const { dependencies } = someDependencies({ notices: shared });
  const notices = new FailureNotices(dependencies, { show: (...where) => void shown.push(where.map(String)) });
  const update = async (snapshot: Snapshot, isFocused = true): Promise<void> => {
    notices.update(snapshot, { isFocused, own });
    await vi.advanceTimersByTimeAsync(10_000);
  };
  return { notices, shown, update };
}

const texts = (): string[] => editor.messages.map(({ text }) => text);

describe('a notice of an environment that begins to fail', () => {
  it('is told once, with its log, and again only after it was well', async () => {
    const { update, shown } = aWindow();
    editor.answer = ({ buttons }) => buttons[0];
    for (const health of ['healthy', 'degraded', 'progressing', 'degraded', 'degraded'] as const)
      await update(at(health));
    expect(editor.messages.map(({ severity, text }) => [severity, text])).toEqual([
      ['warning', `feature is failing. web: CrashLoopBackOff: ${reason}`],
    ]);
    expect(shown).toEqual([['worktree-feature', 'web', 'feature']]);
    await update(at('healthy'));
    await update(at('degraded'));
    expect(editor.messages).toHaveLength(2);
  });

  it('is none of what failed before the window looked, nor where the cluster is away', async () => {
    const { update } = aWindow();
    for (const change of [{ cluster: offline }, {}, { cluster: offline }, {}]) await update(at('degraded', change));
    expect(editor.messages).toEqual([]);
  });

  it('is none unless a person wants it, of what began before that neither', async () => {
    const { update } = aWindow();
    editor.settings.set('coppice.notices.failing', false);
    await update(at('healthy'));
    await update(at('degraded'));
    editor.settings.set('coppice.notices.failing', true);
    await update(at('degraded'));
    expect(editor.messages).toEqual([]);
  });

  it.each([undefined, here])(
    'is told when a person looks at the window again, if it still fails (own: %s)',
    async (own) => {
      const { update } = aWindow(claims(), own);
      for (const health of ['healthy', 'degraded', 'progressing', 'degraded'] as const) await update(at(health), false);
      expect(editor.messages).toEqual([]);
      await update(at('degraded'));
      expect(editor.messages).toHaveLength(1);
      for (const health of ['healthy', 'degraded', 'healthy'] as const) await update(at(health), false);
      await update(at('healthy'));
      expect(editor.messages).toHaveLength(1);
    },
  );

  it('is told by one of two windows that a person looks at', async () => {
    const shared = claims();
    const windows = [aWindow(shared), aWindow(shared)];
    for (const health of ['healthy', 'degraded', 'healthy', 'degraded'] as const)
      await Promise.all(windows.map(({ update }) => update(at(health))));
    expect(editor.messages).toHaveLength(2);
  });

  it('is told in the window of its worktree, though another hears of it first', async () => {
    const shared = claims();
    const [other, own] = [aWindow(shared), aWindow(shared, here)];
    await Promise.all([other.update(at('healthy')), own.update(at('healthy'), false)]);
    const heard = other.update(at('degraded'));
    await Promise.all([heard, own.update(at('degraded'), false)]);
    expect(editor.messages).toEqual([]);
    await own.update(at('degraded'));
    expect(editor.messages).toHaveLength(1);
  });

  it('is left to another window where that of its worktree is closed before it told', async () => {
    const shared = claims();
    const [other, own] = [aWindow(shared), aWindow(shared, here)];
    await Promise.all([other.update(at('healthy')), own.update(at('healthy'), false)]);
    await Promise.all([other.update(at('degraded'), false), own.update(at('degraded'), false)]);
    own.notices.dispose();
    await other.update(at('degraded'));
    expect(editor.messages).toHaveLength(1);
  });

  it('is none once it is well again while another window may still tell, nor of a window that is gone', async () => {
    const { notices, update } = aWindow();
    await update(at('healthy'));
    notices.update(at('degraded'), { isFocused: true, own: undefined });
    await update(at('healthy'));
    notices.update(at('degraded'), { isFocused: true, own: undefined });
    notices.dispose();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(editor.messages).toEqual([]);
  });

  it('is told where nothing can be written down', async () => {
    const broken = async (): Promise<never> => Promise.reject(new Error('read-only'));
    const { update } = aWindow({ claim: broken, forget: broken });
    await update(at('healthy'));
    await update(at('degraded'));
    expect(texts()).toHaveLength(1);
  });

  it.each(hostileTexts)('shows %j as text', async (text) => {
    const { update } = aWindow();
    await update(at('healthy'));
    await update(at('degraded', {}, text));
    expect(editor.messages).toHaveLength(1);
    expect(texts()[0]).not.toMatch(/\]\(|\p{Cc}|\u202e/u);
  });
});
