import { describe, expect, it } from 'vitest';
import { createSeveral, severalBranches, severalLines } from '../../../../src/app/environment/createSeveral';
import type { CreateResult } from '../../../../src/app/environment/requests';
import type { ErrorCode } from '../../../../src/core/errorCode';
import { AppError } from '../../../../src/core/errors';
import { anIdentity, aWorktree } from '../../ui/builders';

const result = (branch: string, ready = true): CreateResult => ({
  ...{ worktree: aWorktree({ branch, path: `/w/${branch}` }), identity: anIdentity(), database: undefined },
  ...{ services: [], ready, url: undefined },
});

function several(answers: Readonly<Record<string, CreateResult | ErrorCode>>, startWhen = 'ready', noRoom = '') {
  const happened: string[] = [];
  let running = 0;
  const make = createSeveral({
    create: async ({ target }) => {
      const branch = target.kind === 'branch' ? target.branch : '';
      expect(target).toMatchObject({ base: 'main' });
      expect(++running).toBe(1);
      await new Promise<void>((resolve) => setImmediate(resolve));
      running--;
      happened.push(branch);
      const answer = answers[branch] ?? result(branch);
      if (typeof answer === 'string') throw new AppError(answer, `${branch} cannot be.`);
      return answer;
    },
    requestAgent: async (path, { prompt = '' }) => {
      if (path === noRoom) throw new AppError('failed', 'There is no room.');
      happened.push(`${path}: ${prompt}`);
    },
    settings: () => ({ 'agent.startWhen': startWhen }),
  });
  const abort = new AbortController();
  const asked = { request: { folder: '/repo' }, branches: severalBranches('a', 3), base: 'main' };
  const run = { signal: abort.signal, report: () => undefined };
  return {
    happened,
    abort,
    make: (task = true) => make({ ...asked, task: task ? { prompt: 'do it' } : undefined }, run),
  };
}

describe('several environments', () => {
  it('are made one after the other, with an agent asked for in each that is ready', async () => {
    const { make, happened } = several({ 'a-2': result('a-2', false) });
    const made = await make();
    expect(happened).toEqual(['a-1', '/w/a-1: do it', 'a-2', 'a-3', '/w/a-3: do it']);
    expect(severalLines(made)).toEqual([
      'a-1: ready, in /w/a-1. Its agent starts when its window opens.',
      'a-2: made, but not ready, in /w/a-2.',
      'a-3: ready, in /w/a-3. Its agent starts when its window opens.',
    ]);
  });

  it('are not kept from being made by one that fails', async () => {
    const { make, happened } = several({ 'a-1': 'conflict' });
    const made = await make(false);
    expect(happened).toEqual(['a-1', 'a-2', 'a-3']);
    expect(made.map(({ error, result: one }) => [error?.code, one?.ready])).toEqual([
      ['conflict', undefined],
      [undefined, true],
      [undefined, true],
    ]);
    expect(severalLines(made)[0]).toBe('a-1: not made. a-1 cannot be.');
  });

  it('say what was made where its agent cannot be asked for', async () => {
    const made = await several({}, 'ready', '/w/a-1').make();
    expect(made.map(({ result: one, error, hasAgent }) => [one?.ready, error?.code, hasAgent])).toEqual([
      [true, 'failed', false],
      [true, undefined, true],
      [true, undefined, true],
    ]);
    expect(severalLines(made)[0]).toBe('a-1: ready, in /w/a-1. There is no room.');
  });

  it('run what nobody approved in none, and ask once', async () => {
    const { make, happened } = several({ 'a-1': 'unapproved' });
    expect((await make()).map(({ error }) => error?.code)).toEqual(['unapproved', 'unapproved', 'unapproved']);
    expect(happened).toEqual(['a-1']);
  });

  it('end where they are cancelled', async () => {
    const { make, abort, happened } = several({ 'a-1': 'failed' });
    const made = make();
    abort.abort();
    await expect(made).rejects.toThrow();
    expect(happened).toEqual(['a-1']);
  });

  it.each([1, 21, 2.5, Number.NaN])('are not %d', (count) => {
    expect(() => severalBranches('a', count)).toThrow(expect.objectContaining({ code: 'invalidInput' }) as Error);
    expect(() => severalBranches(' ', 2)).toThrow(expect.objectContaining({ code: 'invalidInput' }) as Error);
  });
});
