import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, chown, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeLeftLocks } from '../../../../../src/adapters/git/locks/leftLocks';

let gitDir: string;
let lock: string;
let begun: string;
beforeEach(async () => {
  gitDir = await mkdtemp(join(tmpdir(), 'coppice-locks-'));
  [lock, begun] = [join(gitDir, 'index.lock'), join(gitDir, 'begun')];
  await writeFile(begun, '');
  await writeFile(lock, '');
});
afterEach(() => rm(gitDir, { recursive: true, force: true }));

const remove = (): Promise<void> => removeLeftLocks(gitDir, gitDir, join(gitDir, 'never'), begun);
async function expectLeft(why: string): Promise<void> {
  await expect(remove()).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining(why) });
  await expect(remove()).rejects.toThrow(lock);
  await access(lock);
}

it('takes away what was locked since, and is content where nothing is', async () => {
  await writeFile(join(gitDir, 'HEAD.lock'), '');
  await remove();
  await expect(access(lock)).rejects.toThrow('ENOENT');
  await expect(access(join(gitDir, 'HEAD.lock'))).rejects.toThrow('ENOENT');
  await remove();
});

it('leaves what is older than what was cut off, or of which nobody knows when that was', async () => {
  await utimes(lock, new Date(), new Date(Date.now() - 60_000));
  await expectLeft('older');
  await rm(begun);
  await expectLeft('older');
});

it.skipIf(process.getuid?.() !== 0)('leaves what another user has made', async () => {
  await chown(lock, 12_345, 12_345);
  await expectLeft('another user (12345)');
});

// Windows deletes no file that is open there.
it.skipIf(process.platform === 'win32')(
  'leaves what a program has open, whatever it is called and works in',
  async () => {
    const script = `require('fs').openSync(${JSON.stringify(lock)}); console.log('open'); process.stdin.resume()`;
    const other = spawn(process.execPath, ['-e', script], { cwd: tmpdir(), stdio: ['pipe', 'pipe', 'inherit'] });
    await once(other.stdout, 'data');
    await expectLeft(`(process ${other.pid}) has it open`);
    other.stdin.end();
    await once(other, 'close');
    await remove();
    await expect(access(lock)).rejects.toThrow('ENOENT');
  },
);
