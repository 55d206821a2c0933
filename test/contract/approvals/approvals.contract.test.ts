import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FileApprovals } from '../../../src/adapters/approvals/fileApprovals';
import { FakeApprovals } from '../../support/fakes/fakeApprovals';
import { approvalsContract } from './approvalsContract';

approvalsContract('the fake', async () => ({ approvals: new FakeApprovals(), dispose: async () => undefined }));

approvalsContract('files', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'coppice-approvals-'));
  return {
    approvals: new FileApprovals(join(folder, 'approvals')),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
});

test('a file that is damaged approves nothing and is written anew; one of a newer Coppice is refused and left', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'coppice-approvals-'));
  try {
    const approvals = new FileApprovals(folder);
    const [repository, digest] = ['aaaaaaaaaaaa', '1'.repeat(64)];
    const file = join(folder, repository, `${digest}.json`);
    await mkdir(join(folder, repository));
    await writeFile(file, '{"version":1');
    expect(await approvals.unapproved(repository, [digest])).toEqual(new Set([digest]));
    // One that was copied from another command's.
    const copied = { version: 1, digest: '2'.repeat(64), command: 'other', approvedAt: '2026-01-01T00:00:00.000Z' };
    await writeFile(file, JSON.stringify(copied));
    expect(await approvals.unapproved(repository, [digest])).toEqual(new Set([digest]));
    await approvals.add(repository, [{ digest, command: 'make', approvedAt: '2026-01-01T00:00:00.000Z' }]);
    expect(await approvals.unapproved(repository, [digest])).toEqual(new Set());
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ version: 1, digest, command: 'make' });
    expect(await readdir(join(folder, repository))).toEqual([`${digest}.json`]);
    const newer = JSON.stringify({ version: 2, digest });
    await writeFile(file, newer);
    await expect(approvals.unapproved(repository, [digest])).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining('a newer Coppice wrote it'),
    });
    expect(await readFile(file, 'utf8')).toBe(newer);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
