import { describe, expect, it } from 'vitest';
import { envFilesSecret } from '../../../../../src/core/variables/envFilesSecret';
import { fileVariables } from '../../../../../src/app/environment/parts/envFilesPart';
import type { EnvironmentFile, ServiceSpec } from '../../../../../src/core/environmentFile';
import type { WorktreeValues } from '../../../../../src/core/ports/releases';
import { EnvironmentWorld } from '../../../../support/environmentWorld';
import { environmentFileText, FakeEnvironmentFiles } from '../../../../support/fakes/fakeEnvironmentFiles';

const password = 'pass-word';
const folder = '/code/repo.worktrees/topic';

/** Two services with env files, one of them with two; all is committed. */
function makeWorld(): EnvironmentWorld {
  const world = new EnvironmentWorld();
  const file: EnvironmentFile = JSON.parse(environmentFileText(['web', 'api', 'plain']));
  const envFile = { web: ['.env', 'web.env'], api: ['.env'] } as const;
  const services = file.services.map((service) => {
    const files = Object.entries(envFile).find(([name]) => name === service.name)?.[1];
    return { ...service, ...(files === undefined ? {} : { envFile: files }), env: { MODE: 'own' } };
  });
  world.commit(JSON.stringify({ ...file, services }));
  for (const name of ['.env', 'web.env']) world.worktrees.files.set(name, 'committed');
  write(world, { '.env': { TOKEN: password, MODE: 'shared', HOST: '0.0.0.0' }, 'web.env': { MODE: 'web' } });
  return world;
}

function write(world: EnvironmentWorld, files: Readonly<Record<string, Readonly<Record<string, string>>>>): void {
  for (const [name, variables] of Object.entries(files))
    world.environmentFiles.variables.set(`${folder}/${name}`, variables);
}

const services = (world: EnvironmentWorld): WorktreeValues['services'] =>
  world.releases.installed('worktree-topic', 'topic')?.values.services ?? [];
const secret = (world: EnvironmentWorld) => world.cluster.readSecret('worktree-topic', envFilesSecret);
const update = (world: EnvironmentWorld) => world.create({ target: { kind: 'worktree', path: folder } });

describe('env files', () => {
  it('are kept in a Secret, and nowhere else; services are told names', async () => {
    const world = makeWorld();
    await world.createBranch('topic');
    const [web, api, plain] = services(world);
    expect(web?.envFiles).toMatchObject({ secret: envFilesSecret, names: ['TOKEN', 'MODE', 'HOST'] });
    expect(plain).not.toHaveProperty('envFiles');
    expect(await secret(world)).toEqual({
      ...{ 'web.TOKEN': password, 'web.MODE': 'web', 'web.HOST': '0.0.0.0', web: web?.envFiles?.revision },
      ...{ 'api.TOKEN': password, 'api.MODE': 'shared', 'api.HOST': '0.0.0.0', api: api?.envFiles?.revision },
    });
    expect(JSON.stringify([services(world), await world.state()])).not.toContain(password);
    // Where a service listens is said by its file.
    expect([web?.env['HOST'], plain?.env['HOST']]).toEqual([undefined, '127.0.0.1']);
  });

  it('that changed are seen by an update, for the services that have them, and others by none', async () => {
    const world = makeWorld();
    await world.createBranch('topic');
    const revisions = () => services(world).map(({ envFiles }) => envFiles?.revision);
    const before = revisions();
    const changes = world.cluster.changes.length;
    await update(world);
    expect(revisions()).toEqual(before);
    expect(world.cluster.changes.slice(changes).filter((change) => change.includes(envFilesSecret))).toEqual([]);
    write(world, { 'web.env': { MODE: 'other' } });
    await update(world);
    const [web, api] = revisions();
    expect([web === before[0], api === before[1]]).toEqual([false, true]);
    expect((await secret(world))?.['web.MODE']).toBe('other');
    write(world, { 'web.env': {}, '.env': { TOKEN: password } });
    await update(world);
    expect(Object.keys((await secret(world)) ?? {}).sort()).toEqual(['api', 'api.TOKEN', 'web', 'web.TOKEN']);
  });

  it('that are gone stop an update before it changes anything', async () => {
    const world = makeWorld();
    await world.createBranch('topic');
    const changes = world.releases.changes.length;
    world.environmentFiles.variables.delete(`${folder}/web.env`);
    await expect(update(world)).rejects.toMatchObject({
      message: `coppice.yaml: services.web.envFile names "web.env", which is not in ${folder}.`,
    });
    expect(world.releases.changes.length).toBe(changes);
  });
});

it('an example stands for one that is missing, as in the main worktree, to which nothing is copied', async () => {
  const files = new FakeEnvironmentFiles(() => undefined);
  files.variables.set('/code/repo/.env.example', { A: 'example' });
  const { services }: EnvironmentFile = JSON.parse(environmentFileText(['web']));
  const service: ServiceSpec = { ...services[0]!, envFile: ['.env'] };
  const { signal } = new AbortController();
  const read = (examples?: Record<string, string>) => fileVariables(files, '/code/repo', service, signal, examples);
  expect(await read({ '.env': '.env.example' })).toEqual({ A: 'example' });
  await expect(read()).rejects.toThrow('names ".env", which is not in /code/repo.');
  files.variables.set('/code/repo/.env', { A: 'own' });
  expect(await read({ '.env': '.env.example' })).toEqual({ A: 'own' });
});
