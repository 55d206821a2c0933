import { describe, expect, it } from 'vitest';
import { compareDatabases } from '../../../../../src/app/environment/database/compareDatabases';
import type { SchemaObject } from '../../../../../src/core/databaseSchema/databaseSchema';
import { FakeDatabaseSchemas } from '../../../../support/fakes/fakeDatabaseSchemas';
import { EnvironmentWorld } from '../../../../support/environmentWorld';
import { run } from '../../../../support/sleeper';

const table = (name: string): SchemaObject => ({ kind: 'table', name, parts: [] });

/** Two environments, each with a table of its own, and the template that they came from. */
async function begin() {
  const world = new EnvironmentWorld();
  const [x, y] = [await world.createBranch('x'), await world.createBranch('y')];
  const schemas = new FakeDatabaseSchemas();
  const { repositoryId } = x.identity.owner;
  const template = (await world.environmentFiles.read(x.worktree.path)).database?.template ?? '';
  schemas.template(template, repositoryId, [table('first')]);
  schemas.own('wt_x', x.identity.owner, [table('first'), table('of_x')]);
  schemas.own('wt_y', y.identity.owner, [table('first'), table('of_y')]);
  const ports = { ...world.createPorts(), schemas, cluster: { identity: x.identity.cluster } };
  return {
    ...{ world, x, y, schemas, template, ports },
    compare: (other?: string, folder = x.worktree.path) => compareDatabases(ports)({ folder, with: other }, run),
  };
}

describe('the comparison of a database', () => {
  it('is with its template, or with another environment’s', async () => {
    const { compare, y, template } = await begin();
    expect(await compare()).toMatchObject({
      of: { kind: 'environment', name: 'x', database: 'wt_x' },
      with: { kind: 'template', name: template, database: template },
      changes: [{ change: 'added', name: 'of_x' }],
      same: 1,
    });
    expect(await compare(y.worktree.path)).toMatchObject({
      with: { kind: 'environment', name: 'y', database: 'wt_y' },
      changes: [
        { change: 'added', name: 'of_x' },
        { change: 'removed', name: 'of_y' },
      ],
      same: 1,
    });
  });

  it('is refused with itself, with none, and with what lives in another cluster', async () => {
    const { compare, x, y, ports } = await begin();
    await expect(compare(x.worktree.path)).rejects.toMatchObject({ code: 'conflict' });
    await expect(compare('/code/repo')).rejects.toMatchObject({ code: 'notFound' });
    await expect(compare(undefined, '/code/repo')).rejects.toMatchObject({ code: 'notFound' });
    const elsewhere = {
      ...ports,
      cluster: { identity: { kind: 'k3d', context: 'k3d-other', server: 'https://127.0.0.1:6550' } as const },
    };
    await expect(
      compareDatabases(elsewhere)({ folder: x.worktree.path, with: y.worktree.path }, run),
    ).rejects.toMatchObject({ code: 'conflict' });
  });

  it('copies no template where its own side refuses, and has read one when it asks for the other', async () => {
    const { compare, schemas, x, ports } = await begin();
    const asked: string[] = [];
    const read = schemas.read.bind(schemas);
    ports.schemas.read = async (source, signal) => {
      asked.push(`begin ${source.kind}`);
      return read(source, signal).finally(() => asked.push(`end ${source.kind}`));
    };
    await compare();
    expect(asked.splice(0)).toEqual(['begin environment', 'end environment', 'begin template', 'end template']);
    schemas.own('wt_x', { ...x.identity.owner, worktreeId: 'another' });
    await expect(compare()).rejects.toMatchObject({ code: 'conflict' });
    expect(asked).toEqual(['begin environment', 'end environment']);
  });

  it('says that there is no template yet, and that a database is another’s by now', async () => {
    const { compare, schemas, x, template } = await begin();
    schemas.template(template, 'another one');
    await expect(compare()).rejects.toMatchObject({
      code: 'notFound',
      message: expect.stringContaining(template) as string,
    });
    schemas.template(template, x.identity.owner.repositoryId);
    schemas.own('wt_x', { ...x.identity.owner, worktreeId: 'another' });
    await expect(compare()).rejects.toMatchObject({ code: 'conflict' });
  });
});
