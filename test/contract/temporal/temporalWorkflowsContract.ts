import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Owner } from '../../../src/core/model';
import type { TemporalWorkflows } from '../../../src/core/ports/temporalWorkflows';
import type { TemporalNews } from '../../../src/core/temporalNews';
import { until } from '../../support/until';

export interface WorkflowsHarness {
  readonly workflows: TemporalWorkflows;
  register(namespace: string, owner: Owner): Promise<void>;
  /** A namespace that nobody of Coppice made. */
  makeForeign(namespace: string): Promise<void>;
  /** One that goes on until it is ended. */
  start(namespace: string, id: string): Promise<void>;
  /** One that runs out of time at once. */
  startLate(namespace: string, id: string): Promise<void>;
  /** Ends one that goes on, as a person does. */
  end(namespace: string, id: string): Promise<void>;
  /** The server ends. */
  stop(): Promise<void>;
  dispose(): Promise<void>;
}

const owner = { repositoryId: 'aaaaaaaaaaaa', worktreeId: '111111111111' };
const other = { ...owner, worktreeId: '222222222222' };
const signal = new AbortController().signal;

export function temporalWorkflowsContract(name: string, create: () => Promise<WorkflowsHarness>): void {
  describe(`workflows, by ${name}`, { timeout: 120_000 }, () => {
    let harness: WorkflowsHarness;
    const read = async (namespace: string, by = owner): Promise<TemporalNews | undefined> =>
      (await harness.workflows.read([{ name: namespace, owner: by }], signal)).get(namespace);
    const comesTo = async (namespace: string, running: number, failed: number): Promise<void> => {
      await until(async () => {
        const news = await read(namespace);
        return news?.state === 'told' && news.running === running && news.failed === failed;
      }, 30_000);
    };

    beforeAll(async () => {
      harness = await create();
      await harness.register('worktree-a', owner);
      await harness.register('worktree-b', other);
    }, 120_000);
    afterAll(() => harness.dispose(), 60_000);

    it('are none in a namespace that has none, which has a page', async () => {
      expect(await read('worktree-a')).toEqual({
        ...{ state: 'told', running: 0, failed: 0 },
        page: expect.stringMatching(/^http:\/\/.*\/namespaces\/worktree-a\/workflows$/) as unknown,
      });
    });

    it('are counted by how they are, each namespace for itself', async () => {
      await harness.start('worktree-a', 'first');
      await harness.start('worktree-a', 'second');
      await harness.start('worktree-b', 'other');
      await comesTo('worktree-a', 2, 0);
      await harness.startLate('worktree-a', 'late');
      await comesTo('worktree-a', 2, 1);
      // What a person ended has not failed.
      await harness.end('worktree-a', 'second');
      await comesTo('worktree-a', 1, 1);
      const all = [
        { name: 'worktree-b', owner: other },
        { name: 'worktree-none', owner },
        { name: 'worktree-a', owner },
      ];
      const told = await harness.workflows.read(all, signal);
      expect([...told].map(([namespace, { state }]) => [namespace, state])).toEqual([
        ['worktree-b', 'told'],
        ['worktree-none', 'missing'],
        ['worktree-a', 'told'],
      ]);
      expect(told.get('worktree-b')).toMatchObject({ running: 1, failed: 0 });
    });

    it('are not told of a namespace that nobody made, or that is another’s', async () => {
      await harness.makeForeign('worktree-foreign');
      for (const [namespace, by] of [
        ['worktree-none', owner],
        ['worktree-b', owner],
        ['worktree-foreign', owner],
      ] as const) {
        const news = await read(namespace, by);
        expect(news, namespace).toEqual({ state: 'missing', why: expect.stringContaining(namespace) as unknown });
      }
    });

    it('are asked of nobody any more where nobody waits', async () => {
      const reason = new Error('nobody waits');
      await expect(harness.workflows.read([{ name: 'worktree-a', owner }], AbortSignal.abort(reason))).rejects.toBe(
        reason,
      );
    });

    it('are not zero where the server is away', async () => {
      await harness.stop();
      expect(await read('worktree-a')).toEqual({
        state: 'away',
        why: expect.stringMatching(/^Temporal does not answer at [^ ]+:\d+$/) as unknown,
      });
    });
  });
}
