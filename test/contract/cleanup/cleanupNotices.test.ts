import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FileCleanupNotices } from '../../../src/adapters/cleanup/fileCleanupNotices';
import { FakeCleanupNotices } from '../../support/fakes/fakeCleanupNotices';
import { cleanupNoticesContract } from './cleanupNoticesContract';

cleanupNoticesContract('the fake', async () => ({ notices: new FakeCleanupNotices(), dispose: async () => undefined }));

cleanupNoticesContract('files', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'coppice-notices-'));
  return {
    notices: new FileCleanupNotices(join(folder, 'cleanup')),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
});

it.each([
  '{"version":1',
  '{"version":1,"notices":[{}],"usedAt":{}}',
  '{"version":1,"notices":[],"usedAt":{"w":"today"}}',
  '{"version":1,"notices":[],"usedAt":{},"lookedAt":"today"}',
  '{"version":1,"notices":[{"worktreeId":"w","what":"all","gitDir":"g","head":"h","usedAt":1,"givenAt":1,"stood":1}],"usedAt":{}}',
])('a file that is damaged is no notice: %s', async (text) => {
  const folder = await mkdtemp(join(tmpdir(), 'coppice-notices-'));
  try {
    const notices = new FileCleanupNotices(folder);
    const file = join(folder, 'aaaaaaaaaaaa.json');
    await writeFile(file, text);
    await expect(notices.read('aaaaaaaaaaaa')).rejects.toMatchObject({ code: 'failed' });
    expect(await readFile(file, 'utf8')).toBe(text);
    await rm(file);
    await mkdir(file);
    await expect(notices.read('aaaaaaaaaaaa')).rejects.toMatchObject({ message: expect.stringContaining('EISDIR') });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it('nobody else may read it, and no name of a repository leads anywhere else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'coppice-notices-'));
  try {
    const notices = new FileCleanupNotices(folder);
    await notices.write('aaaaaaaaaaaa', { notices: [], usedAt: {} });
    expect((await stat(join(folder, 'aaaaaaaaaaaa.json'))).mode & 0o077).toBe(0);
    await expect(notices.write('../aaaaaaaaa', { notices: [], usedAt: {} })).rejects.toMatchObject({ code: 'bug' });
    expect(await readdir(folder)).toEqual(['aaaaaaaaaaaa.json']);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
