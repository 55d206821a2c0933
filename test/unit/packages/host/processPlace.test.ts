import { hostname } from 'node:os';
import { expect, it } from 'vitest';
import { isOtherPlace, ownPlace, placeText } from '../../../../packages/host/src/processPlace';

const start = 'another-boot:42';

it('is here by the name of the machine, or by the process itself where the machine was called otherwise before', async () => {
  expect(await isOtherPlace(await ownPlace(), start, undefined)).toBe(false);
  expect(await isOtherPlace({ host: 'in-another-network' }, start, start)).toBe(false);
  expect(await isOtherPlace({ host: 'another-machine' }, start, undefined)).toBe(true);
  expect(await isOtherPlace({ host: 'another-machine' }, start, 'another-boot:43')).toBe(true);
});

it('is told as a container where the machine has the same name', () => {
  expect(placeText({ host: hostname(), processes: '7' })).toBe('in a container');
  expect(placeText({ host: 'elm' })).toBe('on elm');
});
