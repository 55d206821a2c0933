import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CreatePlan } from '../../../../src/app/environment/requests';
import { AppError } from '../../../../src/core/errors';
import { PlanPreview, planText } from '../../../../src/ui/create/planPreview';

describe('the preview of a plan', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function aPreview(plan: (choice: string, signal: AbortSignal) => Promise<string>) {
    const shown: (string | undefined)[] = [];
    return { shown, preview: new PlanPreview<string>(plan, (text) => shown.push(text)) };
  }

  it('is made only of what a person pauses on', async () => {
    const planned: string[] = [];
    const { shown, preview } = aPreview(async (choice) => {
      planned.push(choice);
      return `makes ${choice}`;
    });
    for (const choice of ['a', 'ab', 'abc']) preview.of(choice);
    await vi.runAllTimersAsync();
    expect(planned).toEqual(['abc']);
    expect(shown).toEqual(['makes abc']);
  });

  it('tells why it cannot be', async () => {
    const { shown, preview } = aPreview(async () => {
      throw new AppError('conflict', 'The folder /x exists already.');
    });
    preview.of('a');
    await vi.runAllTimersAsync();
    expect(shown).toEqual(['The folder /x exists already.']);
  });

  it('tells nothing of what was left meanwhile', async () => {
    let tell: (text: string) => void = () => undefined;
    const signals: AbortSignal[] = [];
    const { shown, preview } = aPreview((_, signal) => {
      signals.push(signal);
      return new Promise((resolve) => (tell = resolve));
    });
    preview.of('a');
    await vi.runAllTimersAsync();
    preview.of(undefined);
    tell('late');
    await vi.runAllTimersAsync();
    expect(signals[0]?.aborted).toBe(true);
    expect(shown).toEqual([undefined]);
  });
});

describe('the line of a plan', () => {
  it('names the address, the folder, the database and the images that would be built', () => {
    const plan: CreatePlan = {
      branch: 'x',
      branchKind: 'existing',
      base: undefined,
      worktreeFolder: '/code/x',
      slug: 'x',
      namespace: 'worktree-x',
      temporalNamespace: 'worktree-x',
      database: undefined,
      host: 'x.localhost',
      metricsPorts: {},
      parts: [],
      images: [],
      commandsToApprove: [],
      steps: [],
    };
    expect(planText(plan)).toBe('http://x.localhost, folder /code/x');
    const image = { name: 'coppice/repo', context: 'backend', dockerfile: 'Dockerfile' };
    const images = [
      { ...image, services: ['backend', 'worker'] },
      { ...image, services: ['frontend'] },
    ];
    expect(planText({ ...plan, parts: [{ part: 'database', title: 'Database', name: 'wt_x' }], images })).toBe(
      'http://x.localhost, folder /code/x, database wt_x, builds the image of backend, worker, frontend',
    );
  });
});
