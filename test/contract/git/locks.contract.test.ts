import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileLocks } from '../../../src/adapters/git/locks/fileLocks';
import { FakeLocks } from '../../support/fakes/fakeLocks';
import { locksContract } from './locksContract';

locksContract('the fake', async () => {
  const locks = new FakeLocks();
  return { locks, killHolders: async () => locks.abandonAll(), dispose: async () => undefined };
});

locksContract('files', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'coppice-locks-'));
  return {
    locks: new FileLocks(folder),
    async killHolders() {
      for (const name of await readdir(folder)) {
        const holder = JSON.parse(await readFile(join(folder, name), 'utf8')) as object;
        // Beyond what a system gives to processes.
        await writeFile(join(folder, name), JSON.stringify({ ...holder, pid: 2 ** 22 + 1 }));
      }
    },
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
});
