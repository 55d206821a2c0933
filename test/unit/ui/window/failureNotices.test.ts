import { beforeEach, describe, expect, it } from 'vitest';
import type { Health, Snapshot } from '../../../../src/core/model';
import { FailureNotices } from '../../../../src/ui/window/failureNotices';
import { editor } from '../../../support/vscodeStub';
import { anEntry, anEnvironment, aService, aSnapshot, aWorktree, bareMain, hostileTexts, offline } from '../builders';

beforeEach(() => {
  editor.reset();
  editor.settings.set('coppice.notices.failing', true);
});

const reason = 'exit code 1: DATABASE_POOL must be set';

function at(health: Health, change: Partial<Snapshot> = {}, why = reason): Snapshot {
  const services = [aService({ name: 'web', health, state: 'CrashLoopBackOff', reason: why })];
  const entry = anEntry({ environment: anEnvironment({ health, services }) });
  const other = anEntry({ worktree: aWorktree({ branch: 'other', path: '/other' }) });
  return aSnapshot({ entries: [bareMain, entry, other], ...change });
}

function noticing() {
  const shown: string[][] = [];
  const notices = new FailureNotices({ show: (...where) => void shown.push(where.map(String)) });
  return { notices, shown };
}

describe('a notice of an environment that begins to fail', () => {
  it('is told once, with its log, and again only after it was well', async () => {
    const { notices, shown } = noticing();
    editor.answer = ({ buttons }) => buttons[0];
    const all = ['healthy', 'degraded', 'progressing', 'degraded', 'degraded'] as const;
    for (const health of all) notices.update(at(health), true);
    await Promise.resolve();
    expect(editor.messages.map(({ severity, text }) => [severity, text])).toEqual([
      ['warning', `feature is failing. web: CrashLoopBackOff: ${reason}`],
    ]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(shown).toEqual([['worktree-feature', 'web', 'feature']]);
    notices.update(at('healthy'), true);
    notices.update(at('degraded'), true);
    expect(editor.messages).toHaveLength(2);
  });

  it('is none of what failed before the window looked, nor where the cluster is away', () => {
    const { notices } = noticing();
    notices.update(at('degraded', { cluster: offline }), true);
    notices.update(at('degraded'), true);
    notices.update(at('degraded', { cluster: offline }), true);
    notices.update(at('degraded'), true);
    expect(editor.messages).toEqual([]);
  });

  it('is none unless a person wants it, nor in a window that nobody looks at', () => {
    const { notices } = noticing();
    editor.settings.set('coppice.notices.failing', false);
    notices.update(at('healthy'), true);
    notices.update(at('degraded'), true);
    editor.settings.set('coppice.notices.failing', true);
    notices.update(at('healthy'), true);
    notices.update(at('degraded'), false);
    notices.update(at('degraded'), true);
    expect(editor.messages).toEqual([]);
  });

  it.each(hostileTexts)('shows %j as text', (text) => {
    const { notices } = noticing();
    notices.update(at('healthy'), true);
    notices.update(at('degraded', {}, text), true);
    expect(editor.messages).toHaveLength(1);
    expect(editor.messages[0]?.text).not.toMatch(/\]\(|\p{Cc}|\u202e/u);
  });
});
