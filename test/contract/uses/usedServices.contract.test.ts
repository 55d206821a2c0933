import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HostUsedServices } from '../../../src/adapters/uses/hostUsedServices';
import type { UsedOne } from '../../../src/core/ports/usedServices';
import { FakeUsedServices } from '../../support/fakes/fakeUsedServices';
import { usedServicesContract } from './usedServicesContract';

usedServicesContract('the fake', async () => {
  const uses = new FakeUsedServices();
  return {
    uses,
    write: async (one, file) => uses.write(one, file),
    begin: async (one, _, file) => uses.begin(one, file),
    put: async (one, file) => void uses.folders.set(uses.place(one).data, new Set([file])),
    dispose: async () => undefined,
  };
});

usedServicesContract('folders', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'coppice-uses-'));
  const uses = new HostUsedServices(join(folder, 'uses'), {});
  const write = async (one: UsedOne, file: string): Promise<void> => {
    const path = join(uses.place(one).data, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'xx');
  };
  const begin = async (_: UsedOne, data: string, file: string): Promise<void> => {
    await mkdir(dirname(join(data, file)), { recursive: true });
    await writeFile(join(data, file), 'x');
  };
  return {
    ...{ uses, write, begin, put: write },
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
});

describe('programs of used services', () => {
  let folder: string;
  const ending = process.platform === 'win32' ? '.exe' : '';
  const place = async (name: string, ...programs: string[]): Promise<string> => {
    const bin = join(folder, name);
    await mkdir(bin, { recursive: true });
    for (const program of programs) {
      await writeFile(join(bin, program + ending), '');
      await chmod(join(bin, program + ending), 0o755);
    }
    return bin;
  };
  const on = (...bins: string[]): HostUsedServices =>
    new HostUsedServices(join(folder, 'uses'), { PATH: bins.join(process.platform === 'win32' ? ';' : ':') });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coppice-uses-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('are found on PATH, the first that serves', async () => {
    const [valkey, redis] = [await place('valkey', 'valkey-server'), await place('redis', 'redis-server')];
    expect(await on(valkey).find('cache', 'redis', [])).toMatchObject({ kind: 'valkey-server', helpers: {} });
    const found = await on(valkey, redis).find('cache', 'redis', []);
    expect(found.program).toBe(join(redis, `redis-server${ending}`));
    expect(await readdir(folder)).not.toContain('uses');
  });

  it('are none of the repository, whichever way PATH leads there: nobody has approved them', async () => {
    const [worktree, other] = [join(folder, 'worktree'), join(folder, 'other')];
    const inside = await place(join('worktree', 'node_modules', '.bin'), 'redis-server');
    const around = join(folder, 'bin-by-link');
    await symlink(inside, around, process.platform === 'win32' ? 'junction' : 'dir');
    const outside = await place('outside', 'redis-server');
    const found = await on(inside, around, '', 'relative', outside).find('cache', 'redis', [worktree, other]);
    expect(found.program).toBe(join(outside, `redis-server${ending}`));
    // A worktree whose own path has a link in it.
    const byLink = join(folder, 'worktree-by-link');
    await symlink(worktree, byLink, process.platform === 'win32' ? 'junction' : 'dir');
    await expect(on(inside, around).find('cache', 'redis', [byLink])).rejects.toMatchObject({
      code: 'missingTool',
      message: expect.stringContaining(`on this machine but ${join(inside, `redis-server${ending}`)}, which the repo`),
    });
  });

  it('have nothing of the repository beside them either', async () => {
    const inside = await place(join('worktree', 'tools'), 'mariadb-install-db');
    const outside = await place('alone', 'mariadbd');
    await expect(on(outside, inside).find('db', 'mariadb', [join(folder, 'worktree')])).rejects.toThrow(
      /there is no mariadb-install-db on this machine but /,
    );
  });

  it.skipIf(process.platform === 'win32')(
    'are known by what their links lead to, with what they need besides',
    async () => {
      const bin = await place('maria', 'mariadbd');
      await symlink('mariadbd', join(bin, 'mysqld'));
      await expect(on(bin).find('db', 'mysql', [])).rejects.toThrow(/there is no mariadb-install-db on this machine/);
      await place('maria', 'mariadb-install-db');
      expect(await on(bin).find('db', 'mysql', [])).toMatchObject({
        program: join(bin, 'mysqld'),
        kind: 'mariadbd',
        helpers: { 'mariadb-install-db': join(bin, 'mariadb-install-db') },
      });
    },
  );

  it('are asked for in one line with the command that installs them', async () => {
    const manager = { linux: 'apt-get', darwin: 'brew', win32: 'winget' }[process.platform as string] ?? '';
    const command = {
      linux: 'sudo apt-get install redis-server',
      darwin: 'brew install redis',
      win32: 'winget install --id Memurai.MemuraiDeveloper --exact',
    }[process.platform as string];
    const bin = await place('managers', manager);
    await expect(on(bin).find('cache', 'redis', [])).rejects.toMatchObject({
      code: 'missingTool',
      message: `coppice.yaml: uses.cache is Redis, and there is no redis-server or valkey-server or memurai on this machine. To install it: ${command}.`,
      remedy: { title: 'Install Redis', action: { kind: 'typeCommand', command } },
    });
    await expect(on().find('search', 'elasticsearch', [])).rejects.toMatchObject({
      message: expect.stringMatching(/there is no elasticsearch on this machine. How to install it: https:/),
      remedy: { action: { kind: 'openUrl' } },
    });
  });
});
