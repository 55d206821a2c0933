import { describe, expect, it } from 'vitest';
import { worktreeRowSentence, worktreeRowText, type WorktreeRow } from '../../../../src/app/view/worktreeRow';
import { worktreeView } from '../../../../src/app/view/worktreeView';
import type { Snapshot, WorktreeEntry } from '../../../../src/core/model';
import { anEntry, anEnvironment, aService, aSnapshot, aStatus, bareMain, offline, soonAfter } from '../../ui/builders';

function row(entry: WorktreeEntry, more: Partial<WorktreeRow> = {}, snapshot: Snapshot = aSnapshot()): WorktreeRow {
  const view = worktreeView(entry, snapshot);
  return { entry, view, isOfWindow: false, isGrouped: false, now: soonAfter, ...more };
}

const crashing = aService({ name: 'backend', health: 'degraded', state: 'CrashLoopBackOff' });
const services = [aService({ name: 'frontend' }), crashing];

describe('the row of a worktree', () => {
  it('begins with what its icon does not say', () => {
    const stopped = aService({ name: 'worker', health: 'stopped', desired: 0, ready: 0, wanted: 1 });
    const environment = anEnvironment({ health: 'degraded', services: [...services, stopped] });
    const status = aStatus({ ahead: 1, behind: 4, changed: 1, untracked: 1, conflicts: 1 });
    const of = row(anEntry({ environment, status }), { isOfWindow: true });
    expect(worktreeRowText(of)).toBe('1/3 ↑1 ↓4 ●2 · 1 conflict · backend failing · worker stopped · 3m · this window');
    expect(worktreeRowSentence(of)).toBe(
      'Worktree feature, degraded, backend failing, worker stopped, 1 of 3 services healthy, 1 commit ahead, ' +
        '4 commits behind, 2 changed files, 1 conflict, last worked on 3 minutes ago, in this window',
    );
  });

  it('names the services that fail, and of many how many they are', () => {
    const failing = (...names: string[]): WorktreeRow => {
      const broken = names.map((name) => aService({ name, health: 'degraded', state: 'CrashLoopBackOff' }));
      return row(anEntry({ environment: anEnvironment({ health: 'degraded', services: [...services, ...broken] }) }));
    };
    expect(worktreeRowText(failing('worker'))).toBe('1/3 · backend, worker failing · 3m');
    // Between commas that part facts, two names would be two of them.
    expect(worktreeRowSentence(failing('worker'))).toMatch(
      /^Worktree feature, degraded, backend and worker failing, 1 of/,
    );
    expect(worktreeRowText(failing('worker', 'mail'))).toBe('1/4 · 3 services failing · 3m');
    expect(worktreeRowSentence(failing('worker', 'mail'))).toMatch(
      /^Worktree feature, degraded, 3 services failing, 1 of/,
    );
  });

  it('says in words what shares its icon with others, or has no count', () => {
    const health = 'progressing';
    expect(worktreeRowText(row(anEntry({ environment: anEnvironment({ health }) })))).toBe('starting · 1/1 · 3m');
    expect(worktreeRowText(row(anEntry({ environment: anEnvironment({ health: 'asleep' }) })))).toBe('asleep · 3m');
  });

  it('begins with what an agent asks, and has what one does later', () => {
    const agent = { program: 'claude-code', session: 's', since: soonAfter - 120_000 } as const;
    const asks = { ...anEntry(), agents: [{ ...agent, state: 'waiting', wait: 'permission' } as const] };
    expect(worktreeRowText(row(asks, { said: 'npm test' }))).toBe('agent waits for a permission · npm test · 1/1 · 2m');
    expect(worktreeRowSentence(row(asks, { said: 'npm test' }))).toMatch(
      /^Worktree feature, healthy, agent waits for a permission, npm test, 1 of 1 service healthy/,
    );
    const works = { ...anEntry(), agents: [{ ...agent, state: 'working' } as const] };
    expect(worktreeRowText(row(works))).toBe('1/1 · agent works · 2m');
  });

  it('says that there is no environment, unless it stands under a row that does', () => {
    expect(worktreeRowText(row(bareMain))).toBe('no environment');
    expect(worktreeRowText(row(bareMain, { isGrouped: true }))).toBe('');
    expect(worktreeRowSentence(row(bareMain, { isGrouped: true }))).toBe('Worktree main, no environment');
  });

  it('says how it was while the cluster, whose row says so, is away', () => {
    const entry = anEntry({ environment: anEnvironment({ health: 'degraded', services }) });
    const of = row(entry, {}, aSnapshot({ cluster: offline }));
    expect(worktreeRowText(of)).toBe('1/2 · was degraded · 3m');
    expect(worktreeRowSentence(of)).toMatch(/^Worktree feature, offline, was degraded, 1 of 2 services healthy, /);
  });
});
