import { hostname } from 'node:os';
import { expect, it } from 'vitest';
import { hasSameKernel, isOtherPlace, ownPlace, placeText } from '../../../../packages/host/src/processPlace';
import { processStart } from '../../../../packages/host/src/processStart';

/** Of an earlier start of this machine, or of another one. */
const start =
  { linux: 'another-boot:42', win32: '133775234567890123' }[process.platform as string] ?? 'Tue Dec  1 06:47:04 2026';
const other =
  { linux: 'another-boot:43', win32: '133775234567890124' }[process.platform as string] ?? 'Tue Dec  1 06:47:05 2026';

it('is here by the name of the machine, or by the process itself where the machine was called otherwise before', async () => {
  expect(await isOtherPlace(await ownPlace(), start, undefined)).toBe(false);
  expect(await isOtherPlace({ host: 'in-another-network' }, start, start)).toBe(false);
  expect(await isOtherPlace({ host: 'another-machine' }, start, undefined)).toBe(true);
  expect(await isOtherPlace({ host: 'another-machine' }, start, other)).toBe(true);
});

it('is told as a container where the machine has the same name', () => {
  expect(placeText({ host: hostname(), processes: '7' })).toBe('in a container');
  expect(placeText({ host: 'elm' })).toBe('on elm');
});

it('is elsewhere where another system tells when it started, which may have the same name: Windows around WSL', async () => {
  const systems = { linux: 'another-boot:42', win32: '133775234567890123', darwin: 'Tue Dec  1 06:47:04 2026' };
  for (const [system, started] of Object.entries(systems))
    expect(await isOtherPlace(await ownPlace(), started, undefined)).toBe(system !== process.platform);
  const own = (await processStart(process.pid)) ?? '';
  expect(await isOtherPlace(await ownPlace(), own, own)).toBe(false);
});

it('has the same kernel where it is of the same start of it', async () => {
  const own = (await processStart(process.pid)) ?? '';
  expect(await hasSameKernel(own)).toBe(process.platform === 'linux');
  expect(await hasSameKernel(start)).toBe(false);
});
