import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadCertificate } from '../../packages/cluster/src/state/credentials';
import { HistoryFiles } from '../../packages/cluster/src/history/historyFiles';
import { loadArchive } from '../../packages/cluster/src/state/objectArchive';
import { Settings } from '../../packages/cluster/src/state/settings';
import { stateFolderAt } from '../../packages/cluster/src/state/stateFolder';
import { loadVisits } from '../../packages/cluster/src/state/visitArchive';
import { FileApprovals } from '../../src/adapters/approvals/fileApprovals';
import { FileCleanupNotices } from '../../src/adapters/cleanup/fileCleanupNotices';
import { readCopied } from '../../src/adapters/git/files/copiedFile';
import { FileIdentities } from '../../src/adapters/git/records/fileIdentities';
import { FileInstalls } from '../../src/adapters/git/records/fileInstalls';
import { FileSetups } from '../../src/adapters/git/records/fileSetups';
import { readRepositoryId, recordRepositoryId } from '../../src/adapters/git/history/repositoryRecord';
import { TrashEntry } from '../../src/adapters/git/trash/trashEntry';
import { K3dRecords } from '../../src/adapters/k3d/k3dRecords';
import { FileClusterChoices } from '../../src/adapters/kubernetes/connection/fileClusterChoices';
import type { Worktree } from '../../src/core/model';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-newer-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const trashId = '1-00000000-0000-0000-0000-000000000000';
const digest = 'a'.repeat(64);
const worktree = (gitDir: string): Worktree => ({
  ...{ path: '/x', gitDir, isMain: false, branch: 'x', head: '', locked: undefined, prunable: undefined },
});
const identities = new FileIdentities();
const setups = new FileSetups();
const installs = new FileInstalls();
const choices = (at: string) => new FileClusterChoices(join(at, 'clusters.json'));
const records = (at: string) => new K3dRecords(join(at, 'k3d'));
const someone = { namespace: 'one', uid: '01234567' };
const log = (): void => undefined;

/** Each file, and all that reads it or reads it before it writes. */
const readers: readonly [string, ...((at: string) => Promise<unknown>)[]][] = [
  ['coppice.json', (at) => identities.read(worktree(at))],
  ['coppice-begun.json', (at) => identities.readBegun({ kind: 'worktree', gitDir: at })],
  [
    // Named by what its branch is called.
    'coppice/begun/a7cd98606ebb295acddb4ad830ea8153.json',
    (at) => identities.readBegun({ kind: 'branch', commonDir: at, ref: 'refs/heads/x' }),
  ],
  ['coppice-copied.json', (at) => readCopied({ gitDir: at })],
  ['coppice-installs.json', (at) => installs.begun(worktree(at))],
  ['coppice-session.json', (at) => identities.readSession({ gitDir: at })],
  ['coppice-setup.json', (at) => setups.read(worktree(at))],
  [`coppice-trash/${trashId}.deleted/record.json`, (at) => new TrashEntry({ commonDir: at }, trashId).read()],
  ['coppice/repository.json', readRepositoryId, (at) => recordRepositoryId(at, at)],
  [
    'clusters.json',
    (at) => choices(at).read('0123456789ab'),
    (at) => choices(at).allowed(),
    (at) => choices(at).choose('0123456789ab', { identity: { kind: 'embedded' }, kubeconfigs: [] }),
    (at) => choices(at).forget({ kind: 'embedded' }),
  ],
  ['cleanup/0123456789ab.json', (at) => new FileCleanupNotices(join(at, 'cleanup')).read('0123456789ab')],
  ['k3d/one.json', (at) => records(at).read('one')],
  [
    `approvals/0123456789ab/${digest}.json`,
    (at) => new FileApprovals(join(at, 'approvals')).unapproved('0123456789ab', [digest]),
  ],
  ['state.json', (at) => loadArchive(join(at, 'state.json'), log)],
  ['settings.json', (at) => Settings.load(join(at, 'settings.json'), log)],
  ['visits.json', (at) => loadVisits(join(at, 'visits.json'))],
  ['history/01234567/0.jsonl', (at) => new HistoryFiles(join(at, 'history'), log).read(someone, 0, 1)],
  ['certificate.json', (at) => loadCertificate(stateFolderAt(at))],
];

it.each(readers)('a newer %s is refused in words, and left as it is', async (name, ...reads) => {
  const path = join(folder, name);
  const text = JSON.stringify({ version: 99, anything: ['else'] });
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  for (const read of reads) {
    await expect(read(folder)).rejects.toThrow(
      new RegExp(
        `^.*${name.replaceAll('/', '.')} is of version 99, and this Coppice knows version \\d+: .*Update Coppice`,
      ),
    );
    expect(await readFile(path, 'utf8')).toBe(text);
    expect(await readdir(dirname(path))).toHaveLength(1);
  }
});

it('a newer record of one k3d cluster does not hide the others', async () => {
  await records(folder).write({
    ...{ version: 1, name: 'mine', mark: 'mark', state: 'creating', httpPort: 80, registry: 'localhost:5111' },
    ...{ folders: [], access: undefined, createdAt: '2026-01-01T00:00:00Z' },
  });
  await writeFile(join(folder, 'k3d', 'one.json'), JSON.stringify({ version: 99, name: 'one' }));
  expect((await records(folder).all()).map(({ name }) => name)).toEqual(['mine']);
});

it('a copy of a repository whose record a newer version wrote does not take its id', async () => {
  const [original, copy] = [join(folder, 'original'), join(folder, 'copy')];
  await mkdir(original);
  await mkdir(copy);
  const id = await recordRepositoryId(original, '/original');
  const [file = ''] = (await readdir(original, { recursive: true })).filter((name) => name.endsWith('.json'));
  await mkdir(dirname(join(copy, file)), { recursive: true });
  await copyFile(join(original, file), join(copy, file));
  await writeFile(join(original, file), JSON.stringify({ version: 99, id }));
  expect(await readRepositoryId(copy)).not.toBe(id);
});
