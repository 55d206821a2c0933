import { expect, it } from 'vitest';
import { partStatuses } from '../../../../../src/app/environment/parts/partStatuses';
import { releasePart } from '../../../../../src/app/environment/parts/releasePart';
import type { EnvironmentFacts, IngressFacts } from '../../../../../src/core/facts';

function told(...ingresses: readonly IngressFacts[]) {
  const facts = { annotations: { host: 'x.localhost' }, ingresses } as unknown as EnvironmentFacts;
  return partStatuses([releasePart], facts);
}

it('a route that leads nowhere is a part of its own, for which the environment waits; others are told by their URLs', () => {
  const rules = [{ host: 'x.localhost', path: '/', service: 'web' }];
  const trouble = 'the route worktree-web is taken by nobody yet';
  expect(told()).toEqual([]);
  expect(told({ rules, port: undefined })).toEqual([]);
  expect(told({ rules, port: undefined }, { rules, port: undefined, trouble })).toEqual([
    { part: 'release', title: 'Route', name: 'x.localhost', detail: trouble, waits: trouble },
  ]);
});
