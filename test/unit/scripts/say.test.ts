import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { sayInLines, step } from '../../../scripts/workplace/say.mjs';

const said: string[] = [];
beforeEach(() => {
  said.length = 0;
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said.push(String(text));
    return true;
  });
});
afterEach(() => void vi.restoreAllMocks());

it('says what is done while it is done, and how long it took', async () => {
  await step('Making it', async () => expect(said).toEqual(['Making it… ']));
  expect(said).toEqual(['Making it… ', expect.stringMatching(/^\d+\.\d s\n$/)]);
});

it('says it as one line where others are at work beside it', async () => {
  await sayInLines(() => step('Making it', async () => expect(said).toEqual([])));
  const broken = sayInLines(() => step('Breaking it', () => Promise.reject(new Error('broken'))));
  await expect(broken).rejects.toThrow('broken');
  expect(said).toEqual([expect.stringMatching(/^Making it… \d+\.\d s\n$/), 'Breaking it… failed\n']);
  said.length = 0;
  await step('Making it again', async () => undefined);
  expect(said).toHaveLength(2);
});
