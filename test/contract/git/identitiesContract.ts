import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Worktree } from '../../../src/core/model';
import type { Identities } from '../../../src/core/ports/worktrees';
import { identityOf } from '../../support/identityOf';

export interface IdentitiesHarness {
  readonly identities: Identities;
  /** Two worktrees of one repository. */
  readonly worktrees: readonly [Worktree, Worktree];
  /** Makes a record that cannot be understood. */
  damage(worktree: Worktree): Promise<void>;
  dispose(): Promise<void>;
}

/** What holds for every Identities: the one in memory, and the one of files. */
export function identitiesContract(title: string, makeHarness: () => Promise<IdentitiesHarness>): void {
  describe(`Identities: ${title}`, () => {
    const identity = identityOf('earl-fib-123-new-feature', {
      ref: 'refs/heads/earl/FIB-123-new-feature\u2028"ü',
      cluster: { kind: 'context', context: 'x', server: 'https://127.0.0.1:1', caSha256: 'ff' },
      state: 'creating',
      parts: { services: { metricsPorts: { backend: 9123 } }, queue: { address: 'amqp://127.0.0.1', shards: [1, 2] } },
    });
    let harness: IdentitiesHarness;
    beforeEach(async () => {
      harness = await makeHarness();
    });
    afterEach(() => harness.dispose());

    it('reads what was written last, each worktree its own', async () => {
      const { identities, worktrees } = harness;
      const [one, two] = worktrees;
      expect(await identities.read(one)).toBeUndefined();
      await identities.write(one, identity);
      await identities.write(two, { ...identity, owner: { ...identity.owner, worktreeId: '000000000000' } });
      await identities.write(one, { ...identity, state: 'created' });
      expect(await identities.read(one)).toEqual({ ...identity, state: 'created' });
      expect((await identities.read(two))?.owner.worktreeId).toBe('000000000000');
    });

    it('gives everybody a copy', async () => {
      const { identities, worktrees } = harness;
      const ports: Record<string, number> = { backend: 9123 };
      await identities.write(worktrees[0], { ...identity, parts: { services: { metricsPorts: ports } } });
      ports['backend'] = 1;
      expect(await identities.read(worktrees[0])).not.toBe(await identities.read(worktrees[0]));
      expect((await identities.read(worktrees[0]))?.parts.services?.metricsPorts).toEqual({ backend: 9123 });
    });

    it('keeps what was begun for a worktree and for a branch apart, until it is removed', async () => {
      const { identities, worktrees } = harness;
      const places = [
        ...worktrees.map(({ gitDir }) => ({ kind: 'worktree', gitDir }) as const),
        ...['refs/heads/a', 'refs/heads/A', 'refs/heads/a/b'].map(
          (ref) => ({ kind: 'branch', commonDir: worktrees[0].gitDir, ref }) as const,
        ),
      ];
      for (const [index, place] of places.entries()) {
        expect(await identities.readBegun(place)).toBeUndefined();
        await identities.removeBegun(place);
        const worktreeId = `00000000000${index}`;
        await identities.writeBegun(place, { worktreeId: 'ffffffffffff', createdBranch: false });
        await identities.writeBegun(place, { worktreeId, createdBranch: index % 2 === 0 });
      }
      for (const [index, place] of places.entries()) {
        const begun = { worktreeId: `00000000000${index}`, createdBranch: index % 2 === 0 };
        expect(await identities.readBegun(place)).toEqual(begun);
        await identities.writeBegun(place, { ...begun, deletingAt: '0123' });
        expect(await identities.readBegun(place)).toEqual({ ...begun, deletingAt: '0123' });
        await identities.removeBegun(place);
        expect(await identities.readBegun(place)).toBeUndefined();
      }
      expect(await identities.read(worktrees[0])).toBeUndefined();
    });

    it('keeps what was made for a session, whatever becomes of the environment', async () => {
      const { identities, worktrees } = harness;
      expect(await identities.readSession(worktrees[0])).toBeUndefined();
      await identities.writeSession(worktrees[0], { createdBranch: 'worktree-x' });
      await identities.write(worktrees[0], identity);
      await identities.remove(worktrees[0]);
      expect(await identities.readSession(worktrees[0])).toEqual({ createdBranch: 'worktree-x' });
      expect(await identities.readSession(worktrees[1])).toBeUndefined();
    });

    it('removes one, and does not mind that there is none', async () => {
      const { identities, worktrees } = harness;
      await identities.write(worktrees[0], identity);
      await identities.write(worktrees[1], identity);
      await identities.remove(worktrees[0]);
      await identities.remove(worktrees[0]);
      expect(await identities.read(worktrees[0])).toBeUndefined();
      expect(await identities.read(worktrees[1])).toEqual(identity);
    });

    it('does not guess from a damaged one, and can write and remove over it', async () => {
      const { identities, worktrees } = harness;
      await harness.damage(worktrees[0]);
      await expect(identities.read(worktrees[0])).rejects.toMatchObject({ code: 'failed' });
      await identities.write(worktrees[0], identity);
      expect(await identities.read(worktrees[0])).toEqual(identity);
      await harness.damage(worktrees[0]);
      await identities.remove(worktrees[0]);
      expect(await identities.read(worktrees[0])).toBeUndefined();
    });
  });
}
