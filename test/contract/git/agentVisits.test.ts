import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentVisitFiles } from '../../../src/adapters/git/agents/agentVisits';

describe('that somebody wants to go to an agent', () => {
  const visits = new AgentVisitFiles();
  let gitDir: string;
  beforeEach(async () => {
    gitDir = await mkdtemp(join(tmpdir(), 'coppice-visits-'));
  });
  afterEach(() => rm(gitDir, { recursive: true, force: true }));
  const take = (session: string, since: number): Promise<boolean> => visits.take({ gitDir }, { session, since });

  it('is true to one of those that ask at once, and to nobody later', async () => {
    await visits.ask({ gitDir }, { session: 's', since: 1 });
    const taken = await Promise.all(Array.from({ length: 20 }, () => take('s', 1)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    expect(await take('s', 1)).toBe(false);
  });

  it('means this agent in this wait, and the last that was asked for', async () => {
    expect(await take('s', 1)).toBe(false);
    await visits.ask({ gitDir }, { session: 's', since: 1 });
    expect([await take('t', 1), await take('s', 2)]).toEqual([false, false]);
    await visits.ask({ gitDir }, { session: 't', since: 3 });
    expect([await take('s', 1), await take('t', 3)]).toEqual([false, true]);
  });

  it('cannot be said where the worktree is gone', async () => {
    await rm(gitDir, { recursive: true });
    await expect(visits.ask({ gitDir }, { session: 's', since: 1 })).rejects.toThrow();
    expect(await take('s', 1)).toBe(false);
  });
});
