import { expect, it } from 'vitest';
import { environmentParts } from '../../../../../src/app/environment/parts/environmentParts';
import { shownParts } from '../../../../../src/app/environment/parts/shownParts';

it('are those of an environment that have something to show, in their order, by the same functions', () => {
  const withStatus = environmentParts.filter(({ status }) => status !== undefined);
  expect(withStatus.length).toBeGreaterThan(1);
  expect(shownParts.map(({ id }) => id)).toEqual(withStatus.map(({ id }) => id));
  for (const [index, part] of withStatus.entries()) expect(shownParts[index]?.status).toBe(part.status);
});
