import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UsedOne, UsedServices } from '../../../src/core/ports/usedServices';
import { usedByFile, usedByText } from '../../../src/core/uses/usedByFile';

export interface UsedServicesHarness {
  readonly uses: UsedServices;
  /** Writes a file into the data, as a server does. */
  write(one: UsedOne, file: string): Promise<void>;
  /** Puts one into the folder that is being filled. */
  begin(one: UsedOne, data: string, file: string): Promise<void>;
  /** The same as `write`, and nobody has prepared it. */
  put(one: UsedOne, file: string): Promise<void>;
  dispose(): Promise<void>;
}

const owner = { repositoryId: 'aaaaaaaaaaaa', worktreeId: '111111111111' };
const other = { ...owner, worktreeId: '222222222222' };

/** Data of the services that environments use, whoever keeps them. Finding programs is the machine's own matter. */
export function usedServicesContract(name: string, create: () => Promise<UsedServicesHarness>): void {
  describe(`data of used services, by ${name}`, () => {
    let harness: UsedServicesHarness;
    let uses: UsedServices;
    const cache = { owner, service: 'cache', tool: 'redis' } as const;
    const things = { owner, service: 'things', tool: 'mongodb' } as const;
    const appended = 'appendonlydir/appendonly.aof.1.incr.aof';

    beforeEach(async () => {
      harness = await create();
      ({ uses } = harness);
    });
    afterEach(() => harness.dispose());

    it('are prepared once, and are where it was said', async () => {
      const filled: string[] = [];
      const fill = async (data: string): Promise<void> => void filled.push(data);
      expect(await uses.prepare(cache, 'redis-server', { 'a.conf': '' }, fill)).toBe(true);
      expect(await uses.prepare(cache, 'redis-server', { 'a.conf': '' }, fill)).toBe(false);
      expect(filled).toHaveLength(1);
      expect(filled).not.toEqual([uses.place(cache).data]);
      expect(uses.place(cache).data).not.toBe(uses.place({ ...cache, owner: other }).data);
      expect(uses.place(cache).data).not.toBe(uses.place({ ...cache, tool: 'valkey' }).data);
    });

    it('are not given to another program that goes by the same name', async () => {
      const db = { owner, service: 'db', tool: 'mysql' } as const;
      await uses.prepare(db, 'mysqld', {}, undefined);
      await expect(uses.prepare(db, 'mariadbd', {}, undefined)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringMatching(/^coppice\.yaml: the data of uses\.db were written by mysqld/) as unknown,
      });
      expect(await uses.prepare(db, 'mysqld', {}, undefined)).toBe(false);
      await uses.remove(owner, 'db');
      expect(await uses.prepare(db, 'mariadbd', {}, undefined)).toBe(true);
    });

    it('are there whole or not at all: what failed is begun anew', async () => {
      const fails = async (): Promise<void> => Promise.reject(new Error('no room'));
      await expect(uses.prepare(cache, 'redis-server', {}, fails)).rejects.toThrow('no room');
      expect(await uses.kept()).toEqual([]);
      expect(await uses.prepare(cache, 'redis-server', {}, undefined)).toBe(true);
    });

    it('are lost work only where something was written, of this environment', async () => {
      expect(await uses.written(owner)).toEqual([]);
      await uses.prepare(cache, 'redis-server', {}, undefined);
      await uses.prepare(things, 'mongod', {}, undefined);
      await uses.prepare({ ...cache, owner: other }, 'redis-server', {}, undefined);
      await harness.write({ ...cache, owner: other }, appended);
      await harness.write(things, 'admin/collection-0.wt');
      expect(await uses.written(owner)).toEqual([]);
      await harness.write(cache, appended);
      expect(await uses.written(owner)).toEqual([{ service: 'cache', tool: 'redis' }]);
      await harness.write(things, 'app/collection-2.wt');
      expect(await uses.written(owner)).toEqual([
        { service: 'cache', tool: 'redis' },
        { service: 'things', tool: 'mongodb' },
      ]);
    });

    it('are no lost work where they were there from the beginning, until they change', async () => {
      const fill = async (data: string): Promise<void> => harness.begin(things, data, 'app/collection-2.wt');
      await uses.prepare(things, 'mongod', {}, fill);
      expect(await uses.written(owner)).toEqual([]);
      await harness.write(things, 'app/collection-2.wt');
      expect(await uses.written(owner)).toEqual([{ service: 'things', tool: 'mongodb' }]);
    });

    it('are lost work where only a newer version knows their tool', async () => {
      const newer = { owner, service: 'graph', tool: 'newer' as UsedOne['tool'] };
      await harness.put(newer, 'any.file');
      expect(await uses.written(owner)).toEqual([{ service: 'graph', tool: 'newer' }]);
      await uses.remove(owner);
      expect(await uses.written(owner)).toEqual([]);
    });

    it('are told of all environments, with where those were as far as that was written down', async () => {
      expect(await uses.kept()).toEqual([]);
      const place = { repository: '/code/repo', worktree: '/code/line\nbreak' };
      await uses.prepare(cache, 'redis-server', { [usedByFile]: usedByText(place) }, undefined);
      await uses.prepare(things, 'mongod', {}, undefined);
      await uses.prepare({ ...cache, owner: other }, 'redis-server', {}, undefined);
      const kept = await uses.kept();
      expect(kept.map(({ folder: _, ...told }) => told)).toEqual([
        {
          ...{ owner, place },
          services: [
            { service: 'cache', tool: 'redis' },
            { service: 'things', tool: 'mongodb' },
          ],
        },
        { owner: other, place: undefined, services: [{ service: 'cache', tool: 'redis' }] },
      ]);
      expect(uses.place(cache).data.startsWith(kept[0]?.folder ?? 'nothing')).toBe(true);
      await uses.remove(owner);
      expect(await uses.kept()).toHaveLength(1);
    });

    it('go with their environment, and with no other', async () => {
      for (const one of [cache, things, { ...cache, owner: other }]) {
        await uses.prepare(one, one.tool, {}, undefined);
        await harness.write(one, one.tool === 'redis' ? appended : 'app/collection-2.wt');
      }
      await uses.remove(owner, 'cache');
      expect(await uses.written(owner)).toEqual([{ service: 'things', tool: 'mongodb' }]);
      await uses.remove(owner);
      await uses.remove(owner);
      expect(await uses.written(owner)).toEqual([]);
      expect(await uses.written(other)).toEqual([{ service: 'cache', tool: 'redis' }]);
      expect(await uses.prepare(things, 'mongod', {}, undefined)).toBe(true);
    });
  });
}
