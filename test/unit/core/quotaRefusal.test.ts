import { expect, test } from 'vitest';
import { quotaRefusal } from '../../../src/core/quotaRefusal';

const refused = (quota: string, limits: string): string =>
  `pods "web-5d8f-x2" is forbidden: exceeded quota: ${quota}, requested: ${limits}, used: ${limits}, limited: ${limits}`;

test('a pod that has no room is told with the setting that says how much there is', () => {
  expect(quotaRefusal(refused('worktree', 'limits.memory=1Gi,pods=1'))).toBe(
    'exceeded quota: worktree, requested: limits.memory=1Gi,pods=1, used: limits.memory=1Gi,pods=1, limited: limits.memory=1Gi,pods=1 (coppice.quota.memory, coppice.quota.pods)',
  );
});

test("no setting is behind somebody else's quota, nor behind what ours does not limit by a setting", () => {
  expect(quotaRefusal(refused('team', 'pods=1'))).toMatch(/^exceeded quota: team, .*limited: pods=1$/);
  expect(quotaRefusal(refused('worktree', 'services.nodeports=1'))).toMatch(/limited: services\.nodeports=1$/);
});

test.each(['ReplicaSet "web" has timed out progressing.', 'exceeded quota', ''])('%j is nothing of a quota', (text) => {
  expect(quotaRefusal(text)).toBeUndefined();
});
