import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileIdentities } from '../../../src/adapters/git/fileIdentities';
import type { Identity, Worktree } from '../../../src/core/model';
import { namesFromSlug } from '../../../src/core/naming';

const identity: Identity = {
  version: 1,
  repositoryId: '0123456789ab',
  worktreeId: 'ba9876543210',
  ...namesFromSlug('earl-fib-123-new-feature'),
  ref: 'refs/heads/earl/FIB-123-new-feature',
  metricsPorts: { backend: 9123 },
  createdBranch: true,
  cluster: { kind: 'embedded' },
  state: 'created',
  createdAt: '2026-11-22T10:00:00.000Z',
};

let worktree: Worktree;
const identities = new FileIdentities();
beforeEach(async () => {
  const gitDir = await mkdtemp(join(tmpdir(), 'coppice-identity-'));
  worktree = { path: '/x', gitDir, isMain: false, branch: 'x', head: '', locked: undefined, prunable: undefined };
});
afterEach(() => rm(worktree.gitDir, { recursive: true, force: true }));

describe('FileIdentities', () => {
  it('reads what it wrote, and nothing else is left in the folder', async () => {
    expect(await identities.read(worktree)).toBeUndefined();
    await identities.write(worktree, { ...identity, state: 'creating' });
    await identities.write(worktree, identity);
    expect(await identities.read(worktree)).toEqual(identity);
    expect(await readdir(worktree.gitDir)).toEqual(['coppice.json']);
    await identities.remove(worktree);
    await identities.remove(worktree);
    expect(await identities.read(worktree)).toBeUndefined();
  });

  it('shows a reader the one or the other, never a part', async () => {
    const other = { ...identity, slug: 'x'.repeat(50) };
    const writing = (async () => {
      for (let count = 0; count < 40; count++) await identities.write(worktree, count % 2 ? identity : other);
    })();
    let reads = 0;
    let isDone = false;
    void writing.then(() => (isDone = true));
    while (!isDone) {
      const read = await identities.read(worktree);
      expect([undefined, identity.slug, other.slug]).toContain(read?.slug);
      reads++;
    }
    await writing;
    expect(reads).toBeGreaterThan(10);
  });

  it('has none where the git directory is gone', async () => {
    expect(await identities.read({ ...worktree, gitDir: join(worktree.gitDir, 'gone') })).toBeUndefined();
  });

  const damaged: [string, unknown][] = [
    ['of a newer version', { ...identity, version: 2 }],
    ['without a version', { ...identity, version: undefined }],
    ['without a worktree', { ...identity, worktreeId: undefined }],
    ['with an id that is none', { ...identity, repositoryId: '../x' }],
    ['with a release that reads like an option', { ...identity, release: '--post-renderer=x' }],
    ['with a namespace that is a path', { ...identity, namespace: '../default' }],
    ['with a database that Coppice never names so', { ...identity, database: 'postgres' }],
    ['with ports that are none', { ...identity, metricsPorts: { a: 'b' } }],
    ['of an unknown cluster', { ...identity, cluster: { kind: 'moon' } }],
    ['that is a list', []],
    ['that is null', null],
  ];
  it.each(damaged)('does not guess from one %s', async (_name, value) => {
    await writeFile(join(worktree.gitDir, 'coppice.json'), JSON.stringify(value));
    await expect(identities.read(worktree)).rejects.toMatchObject({ code: 'failed' });
  });

  it('does not guess from half a file', async () => {
    await identities.write(worktree, identity);
    const path = join(worktree.gitDir, 'coppice.json');
    await writeFile(path, (await readFile(path, 'utf8')).slice(0, 100));
    await expect(identities.read(worktree)).rejects.toMatchObject({ code: 'failed' });
  });
});
