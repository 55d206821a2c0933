import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Approvals } from '../../../src/core/ports/approvals';

export interface ApprovalsHarness {
  readonly approvals: Approvals;
  dispose(): Promise<void>;
}

const [one, other] = ['1'.repeat(64), '2'.repeat(64)];
const [mine, yours] = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb'];

function approved(digest: string) {
  return { digest, command: `run ${digest.slice(0, 1)}`, approvedAt: '2026-01-01T00:00:00.000Z' };
}

/** What every place for approvals promises. */
export function approvalsContract(name: string, create: () => Promise<ApprovalsHarness>): void {
  describe(`approvals: ${name}`, () => {
    let harness: ApprovalsHarness;
    beforeEach(async () => void (harness = await create()));
    afterEach(() => harness.dispose());

    it('knows nothing at first', async () => {
      expect(await harness.approvals.unapproved(mine, [one, other])).toEqual(new Set([one, other]));
      expect(await harness.approvals.unapproved(mine, [])).toEqual(new Set());
    });

    it('remembers what was approved, for that repository alone', async () => {
      await harness.approvals.add(mine, [approved(one)]);
      expect(await harness.approvals.unapproved(mine, [one, other])).toEqual(new Set([other]));
      expect(await harness.approvals.unapproved(yours, [one])).toEqual(new Set([one]));
    });

    it('takes an approval twice, and several at once add up', async () => {
      const { approvals } = harness;
      await approvals.add(mine, [approved(one)]);
      await Promise.all([approvals.add(mine, [approved(one)]), approvals.add(mine, [approved(other)])]);
      expect(await approvals.unapproved(mine, [one, other])).toEqual(new Set());
    });
  });
}
