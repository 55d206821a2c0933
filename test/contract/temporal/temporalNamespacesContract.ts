import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TemporalNamespaces } from '../../../src/core/ports/temporalNamespaces';

export interface TemporalHarness {
  readonly temporal: TemporalNamespaces;
  /** As a program of the environment does it. Rejects where the server does not know the namespace. */
  startWorkflow(namespace: string, id: string): Promise<void>;
  /** Ids of those that it shows. */
  listWorkflows(namespace: string): Promise<readonly string[]>;
  /** A namespace that nobody of Coppice made. */
  makeForeign(namespace: string): Promise<void>;
  dispose(): Promise<void>;
}

const owner = { repositoryId: 'aaaaaaaaaaaa', worktreeId: '111111111111' };
const other = { ...owner, worktreeId: '222222222222' };
const signal = new AbortController().signal;

export function temporalNamespacesContract(name: string, create: () => Promise<TemporalHarness>): void {
  describe(`namespaces in Temporal, by ${name}`, { timeout: 120_000 }, () => {
    let harness: TemporalHarness;
    let temporal: TemporalNamespaces;

    beforeAll(async () => {
      harness = await create();
      ({ temporal } = harness);
    }, 120_000);
    afterAll(() => harness.dispose(), 60_000);

    it('are on a server that answers once it was asked for, and not before', async () => {
      expect(await temporal.answers(signal)).toBe(false);
      await temporal.verify([]);
      expect(await temporal.answers(signal)).toBe(false);
      await temporal.connect([], signal);
      expect(await temporal.answers(signal)).toBe(true);
      await temporal.connect([], signal);
    });

    it('have an owner, and can be used as soon as they are registered', async () => {
      expect(await temporal.owner('worktree-a', signal)).toBeUndefined();
      expect(await temporal.workflows('worktree-a', signal)).toBe(0);
      expect(await temporal.register('worktree-a', owner, signal)).toBe('registered');
      await harness.startWorkflow('worktree-a', 'first');
      expect(await temporal.owner('worktree-a', signal)).toEqual(owner);
      expect(await temporal.register('worktree-a', owner, signal)).toBe('found');
      expect(await harness.listWorkflows('worktree-a')).toEqual(['first']);
      expect(await temporal.workflows('worktree-a', signal)).toBe(1);
    });

    it('do not see each other’s workflows', async () => {
      await temporal.register('worktree-b', other, signal);
      expect(await harness.listWorkflows('worktree-b')).toEqual([]);
      await harness.startWorkflow('worktree-b', 'second');
      expect(await harness.listWorkflows('worktree-b')).toEqual(['second']);
      expect(await harness.listWorkflows('worktree-a')).toEqual(['first']);
    });

    it('are neither taken nor removed where they are another’s, or nobody’s that is known', async () => {
      await harness.makeForeign('worktree-foreign');
      expect(await temporal.owner('worktree-foreign', signal)).toBe('foreign');
      for (const namespace of ['worktree-b', 'worktree-foreign']) {
        await expect(temporal.register(namespace, owner, signal)).rejects.toMatchObject({ code: 'conflict' });
        await expect(temporal.remove(namespace, owner, signal)).rejects.toMatchObject({ code: 'conflict' });
      }
      expect(await temporal.owner('worktree-b', signal)).toEqual(other);
      expect(await harness.listWorkflows('worktree-b')).toEqual(['second']);
    });

    it('go with their workflows, and one of the same name that is made at once has none, and keeps its own', async () => {
      for (const round of [1, 2, 3]) {
        await temporal.remove('worktree-a', owner, signal);
        expect(await temporal.owner('worktree-a', signal)).toBeUndefined();
        await temporal.remove('worktree-a', owner, signal);
        expect(await temporal.register('worktree-a', other, signal)).toBe('registered');
        expect(await harness.listWorkflows('worktree-a')).toEqual([]);
        await harness.startWorkflow('worktree-a', `again-${round}`);
        expect(await temporal.workflows('worktree-a', signal)).toBe(1);
        expect(await harness.listWorkflows('worktree-a')).toEqual([`again-${round}`]);
        await temporal.remove('worktree-a', other, signal);
        await temporal.register('worktree-a', owner, signal);
      }
      expect(await harness.listWorkflows('worktree-b')).toEqual(['second']);
    });
  });
}
