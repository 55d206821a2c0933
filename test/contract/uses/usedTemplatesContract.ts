import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TemplateServer, UsedTemplates } from '../../../src/core/ports/usedTemplates';

export interface UsedTemplatesHarness {
  readonly templates: UsedTemplates;
  /** One that runs until it is told to end. */
  readonly server: TemplateServer;
  /** Writes a file into the data of a template that is being made, as its server does. */
  write(id: string, file: string): Promise<void>;
  /** An empty folder. */
  folder(): Promise<string>;
  /** Names of files in such a folder. */
  files(folder: string): Promise<readonly string[]>;
  dispose(): Promise<void>;
}

/** Folders that data of used services begin as copies of, whoever keeps them. */
export function usedTemplatesContract(name: string, create: () => Promise<UsedTemplatesHarness>): void {
  describe(`templates of used services, by ${name}`, () => {
    let harness: UsedTemplatesHarness;
    let templates: UsedTemplates;
    const { signal } = new AbortController();
    const id = 'aaaaaaaaaaaa-db.mysql-0123456789abcdef';
    const filled = (file: string) => async (): Promise<void> => harness.write(id, file);

    beforeEach(async () => {
      harness = await create();
      ({ templates } = harness);
    });
    afterEach(() => harness.dispose());

    it('are there once they are filled, without what is one server’s own, and are copied any number of times', async () => {
      expect(await templates.has(id)).toBe(false);
      await templates.make(
        id,
        harness.server,
        async (ports) => {
          expect(ports['main']).toBeGreaterThan(0);
          expect(await templates.has(id)).toBe(false);
          await harness.write(id, 'table');
          await harness.write(id, 'server-id');
        },
        signal,
      );
      expect(await templates.has(id)).toBe(true);
      for (const folder of [await harness.folder(), await harness.folder()]) {
        await templates.copy(id, folder, signal);
        expect(await harness.files(folder)).toEqual(['table']);
      }
    });

    it('are there whole or not at all: what failed is begun anew', async () => {
      const fails = async (): Promise<void> => {
        await harness.write(id, 'half');
        throw new Error('no such table');
      };
      await expect(templates.make(id, harness.server, fails, signal)).rejects.toThrow('no such table');
      expect(await templates.has(id)).toBe(false);
      await templates.make(id, harness.server, filled('table'), signal);
      const folder = await harness.folder();
      await templates.copy(id, folder, signal);
      expect(await harness.files(folder)).toEqual(['table']);
    });

    it('are listed by when they were used last, and go one by one', async () => {
      const other = id.replace('db', 'other');
      expect(await templates.list()).toEqual([]);
      for (const each of [id, other]) await templates.make(each, harness.server, async () => undefined, signal);
      expect((await templates.list()).map((each) => each.id).sort()).toEqual([id, other]);
      for (const { usedAt } of await templates.list()) expect(usedAt).toBeGreaterThan(0);
      await templates.remove(id);
      await templates.remove(id);
      expect((await templates.list()).map((each) => each.id)).toEqual([other]);
      expect(await templates.has(id)).toBe(false);
    });
  });
}
