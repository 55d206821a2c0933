import { expect, it } from 'vitest';
import { compareSchemas } from '../../../src/core/databaseSchema/compareSchemas';
import type { Owner } from '../../../src/core/model';
import type { DatabaseSchemas } from '../../../src/core/ports/databaseSchemas';

export interface SchemasWorld {
  readonly schemas: DatabaseSchemas;
  readonly database: string;
  readonly owner: Owner;
  /** The name of the template that the database is a clone of, with at least one table. */
  readonly template: string;
  /** Makes a table `public.added` with a column `n integer` in the database. */
  addTable(): Promise<void>;
}

/** What holds for every `DatabaseSchemas`. */
export function databaseSchemasContract(world: () => SchemasWorld): void {
  const ofTemplate = (name = world().template, repositoryId = world().owner.repositoryId) =>
    world().schemas.read({ kind: 'template', name, repositoryId });
  const ofDatabase = (database = world().database, owner = world().owner) =>
    world().schemas.read({ kind: 'environment', database, owner });

  it('tells a clone as its template, and what was added to it', async () => {
    const template = await ofTemplate();
    expect(template.database).toBe(world().template);
    expect(template.objects.filter(({ kind }) => kind === 'table')).not.toEqual([]);
    expect(compareSchemas(template, await ofDatabase())).toEqual({ changes: [], same: template.objects.length });
    await world().addTable();
    const now = await ofDatabase();
    expect(now.database).toBe(world().database);
    expect(compareSchemas(template, now).changes).toEqual([
      {
        ...{ kind: 'table', name: 'public.added', change: 'added' },
        parts: [{ kind: 'column', name: 'n', change: 'added', before: undefined, after: 'integer' }],
      },
    ]);
    expect(await ofTemplate()).toEqual(template);
  });

  it("tells nothing of another's, and says what is not there", async () => {
    const { owner, database, template } = world();
    await expect(ofDatabase(database, { ...owner, worktreeId: '999999999999' })).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(ofDatabase('wt_nobody')).rejects.toMatchObject({
      code: 'notFound',
      message: expect.stringMatching(/no database wt_nobody/),
    });
    await expect(ofTemplate('tpl_nobody')).rejects.toMatchObject({
      code: 'notFound',
      message: expect.stringMatching(/no template tpl_nobody/),
    });
    await expect(ofTemplate(template, 'dddddddddddd')).rejects.toMatchObject({ code: 'notFound' });
  });

  it('reads nothing once it is aborted', async () => {
    const { schemas, database, owner } = world();
    const source = { kind: 'environment', database, owner } as const;
    await expect(schemas.read(source, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });
}
