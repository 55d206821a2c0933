import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileIdentities } from '../../../src/adapters/git/records/fileIdentities';
import type { Worktree } from '../../../src/core/model';
import { namesFromSlug } from '../../../src/core/naming';
import { identityOf } from '../../support/identityOf';

const identity = identityOf('earl-fib-123-new-feature', {
  owner: { repositoryId: '0123456789ab', worktreeId: 'ba9876543210' },
  ref: 'refs/heads/earl/FIB-123-new-feature',
});
const { owner, names, parts } = identity;
/** The same as the first version of the record had it. */
const first = {
  version: 1,
  ...owner,
  ...namesFromSlug('earl-fib-123-new-feature'),
  ref: identity.ref,
  metricsPorts: {},
  createdBranch: true,
  cluster: { kind: 'embedded' },
  state: 'created',
  createdAt: identity.createdAt,
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
    const other = { ...identity, names: { ...names, slug: 'x'.repeat(50) } };
    const writing = (async () => {
      for (let count = 0; count < 40; count++) await identities.write(worktree, count % 2 ? identity : other);
    })();
    let reads = 0;
    let isDone = false;
    void writing.then(() => (isDone = true));
    while (!isDone) {
      const read = await identities.read(worktree);
      expect([undefined, names.slug, other.names.slug]).toContain(read?.names.slug);
      reads++;
    }
    await writing;
    expect(reads).toBeGreaterThan(10);
  });

  it('has none where the git directory is gone', async () => {
    expect(await identities.read({ ...worktree, gitDir: join(worktree.gitDir, 'gone') })).toBeUndefined();
  });

  it('reads the first version as what it is today, and leaves the file as it was', async () => {
    const path = join(worktree.gitDir, 'coppice.json');
    const text = JSON.stringify(first);
    await writeFile(path, text);
    expect(await identities.read(worktree)).toEqual(identity);
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  it('says of a newer one what to do, and leaves it as it is', async () => {
    const path = join(worktree.gitDir, 'coppice.json');
    const text = JSON.stringify({ ...identity, version: 3, parts: 'otherwise' });
    await writeFile(path, text);
    await expect(identities.read(worktree)).rejects.toMatchObject({
      code: 'failed',
      message: `${path} is of version 3, and this Coppice knows version 2: a newer Coppice wrote it. Update Coppice here; the file is left as it is.`,
    });
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  const damaged: [string, unknown][] = [
    ['of a newer version', { ...identity, version: 3 }],
    ['without a version', { ...identity, version: undefined }],
    ['with a version that is none', { ...identity, version: '2' }],
    ['without a worktree', { ...identity, owner: { ...owner, worktreeId: undefined } }],
    ['with an id that is none', { ...identity, owner: { ...owner, repositoryId: '../x' } }],
    ['with a release that reads like an option', { ...identity, names: { ...names, release: '--post-renderer=x' } }],
    ['with a namespace that is a path', { ...identity, names: { ...names, namespace: '../default' } }],
    [
      'with a database that Coppice never names so',
      { ...identity, parts: { ...parts, database: { ...parts.database, database: 'postgres' } } },
    ],
    ['with a role that reads like an option', { ...first, databaseRole: '--superuser' }],
    ['with ports that are none', { ...identity, parts: { services: { metricsPorts: { a: 'b' } } } }],
    ['with a part that is none', { ...identity, parts: { queue: 'x' } }],
    ['of the first version without a worktree', { ...first, worktreeId: undefined }],
    ['of the first version with a release that reads like an option', { ...first, release: '--post-renderer=x' }],
    ['of the first version with a database that Coppice never names so', { ...first, database: 'postgres' }],
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
