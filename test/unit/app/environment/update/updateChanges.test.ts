import { describe, expect, it } from 'vitest';
import { changeText } from '../../../../../src/app/environment/update/updateChange';
import { updateChanges, type UpdateChanges } from '../../../../../src/app/environment/update/updateChanges';
import { environmentLock } from '../../../../../src/app/run/withLock';
import type { EnvironmentFile, ServiceSpec } from '../../../../../src/core/environmentFile';
import type { Identity } from '../../../../../src/core/model';
import type { ClusterAccess } from '../../../../../src/core/ports/cluster';
import { defaultSettings } from '../../../../../src/core/settings';
import { database, EnvironmentWorld } from '../../../../support/environmentWorld';
import { command, environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';

const folder = '/code/repo.worktrees/topic';

async function changesOf(world: EnvironmentWorld, path = folder): Promise<UpdateChanges | undefined> {
  const run = { signal: new AbortController().signal, report: () => undefined };
  return updateChanges(world.createPorts())({ folder: path }, run);
}

const lines = async (world: EnvironmentWorld): Promise<readonly string[] | undefined> =>
  (await changesOf(world))?.changes.map(changeText);

/** What coppice.yaml of the worktree says from now on. */
function edit(world: EnvironmentWorld, change: (file: EnvironmentFile) => object): void {
  const text = world.edited.get(folder) ?? environmentFileText(['web', 'api'], database);
  const file = JSON.parse(text) as EnvironmentFile;
  world.edited.set(folder, JSON.stringify({ ...file, ...change(file) }));
}

const editService = (world: EnvironmentWorld, name: string, change: Partial<ServiceSpec>): void =>
  edit(world, ({ services }) => ({
    services: services.map((service) => (service.name === name ? { ...service, ...change } : service)),
  }));

/** As a kill leaves it. */
async function cutOff(world: EnvironmentWorld): Promise<Identity> {
  const all = await world.worktrees.list(await world.worktrees.repository(folder));
  const worktree = all.find(({ path }) => path === folder);
  const identity = worktree && (await world.identities.read(worktree));
  if (!worktree || !identity) throw new Error('no environment');
  await world.identities.write(worktree, { ...identity, state: 'creating' });
  return identity;
}

async function madeWorld(): Promise<EnvironmentWorld> {
  const world = new EnvironmentWorld();
  world.commit(environmentFileText(['web', 'api'], database));
  await world.createBranch('topic');
  return world;
}

describe('what an update would change', () => {
  it('is nothing after a create, and after an update', async () => {
    const world = await madeWorld();
    expect(await lines(world)).toEqual([]);
    editService(world, 'api', { replicas: 2 });
    expect(await lines(world)).toEqual(['api: replicas 1 -> 2']);
    await world.create({ target: { kind: 'worktree', path: folder } });
    expect(await lines(world)).toEqual([]);
    const { before, after } = (await changesOf(world)) ?? {};
    expect(after).toBe(before);
    expect(after).toContain('  api:\n    image: "node:24"\n    command: [node, api.js]\n');
  });

  it('is told of each service, with what differs', async () => {
    const world = await madeWorld();
    editService(world, 'api', {
      command: ['node', 'other api.js'],
      port: undefined,
      health: '/healthz',
      env: { LOG_LEVEL: 'debug' },
    });
    edit(world, ({ services: [, api] }) => ({ services: [api, { ...api, name: 'worker', routes: [] }] }));
    expect(await lines(world)).toEqual([
      // PORT goes without saying.
      'api: command node api.js -> node "other api.js"; port gone; health /healthz, new; COPPICE_URL_API gone; COPPICE_URL_WEB gone; LOG_LEVEL debug, new',
      'worker: new',
      'web: gone',
    ]);
    const { before = '', after = '' } = (await changesOf(world)) ?? {};
    expect(before).toContain('command: [node, api.js]');
    expect(after).toContain('command: [node, "other api.js"]');
    expect([before.includes('web:'), after.includes('web:')]).toEqual([true, false]);
  });

  it('tells of a service that was scaled since, or sleeps: an update gives it the pods of the file again', async () => {
    const world = await madeWorld();
    const [facts] = await world.cluster.read(undefined);
    const pods: Readonly<Record<string, number>> = { web: 0, api: 2 };
    const deployments = (facts?.deployments ?? []).map((each) => ({
      ...each,
      wanted: 1,
      desired: pods[each.service] ?? 1,
    }));
    world.cluster.setFacts(facts?.namespace ?? '', { deployments });
    expect(await lines(world)).toEqual(['web: replicas 0 -> 1', 'api: replicas 2 -> 1']);
    // Done by the update is then what it told.
    editService(world, 'api', { replicas: 2 });
    expect(await lines(world)).toEqual(['web: replicas 0 -> 1']);
    await world.create({ target: { kind: 'worktree', path: folder } });
    expect(await lines(world)).toEqual([]);
  });

  it('is on one line whatever a value has in it, and shows what nobody would see', async () => {
    const world = await madeWorld();
    editService(world, 'api', { env: { NOTE: 'first\nsecond' } });
    await world.create({ target: { kind: 'worktree', path: folder } });
    editService(world, 'api', { env: { NOTE: 'first\n\u001b[31msecond' } });
    expect(await lines(world)).toEqual(['api: NOTE "first\\nsecond" -> "first\\n\\u001b[31msecond"']);
  });

  it('tells what all services are told once, and limits by their names', async () => {
    const world = await madeWorld();
    world.settings = { ...defaultSettings, 'telemetry.otlpEndpoint': 'http://127.0.0.1:9' };
    const endpoint = defaultSettings['telemetry.otlpEndpoint'];
    expect(await lines(world)).toEqual([`all services: OTEL_EXPORTER_OTLP_ENDPOINT ${endpoint} -> http://127.0.0.1:9`]);
  });

  it('has no value of a secret in it, and tells that there is another one', async () => {
    const world = new EnvironmentWorld();
    const text = environmentFileText(['web', 'api'], database);
    world.edited.set(folder, text);
    edit(world, ({ services: [web, api] }) => ({
      services: [{ ...web, envFile: ['.env'], env: { API_TOKEN: 'first-value' } }, api],
    }));
    world.commit(world.edited.get(folder));
    world.edited.delete(folder);
    world.worktrees.files.set('.env', 'committed');
    const write = (variables: Record<string, string>) =>
      world.environmentFiles.variables.set(`${folder}/.env`, variables);
    write({ PLAIN: 'kept-value', OTHER: 'old-value', LAST: 'last-value' });
    await world.createBranch('topic');
    expect(await lines(world)).toEqual([]);
    world.edited.set(folder, world.worktrees.files.get('coppice.yaml'));
    editService(world, 'web', { env: { API_TOKEN: 'second-value' } });
    write({ PLAIN: 'kept-value', OTHER: 'new-value', MORE: 'more-value' });
    expect(await lines(world)).toEqual(['web: API_TOKEN changed; MORE new; OTHER changed; LAST gone']);
    const told = JSON.stringify(await changesOf(world));
    expect(told).not.toMatch(/-value\b/);
    expect(told).toMatch(/API_TOKEN: .{0,2}‹hidden›, another value/);
    expect(told).toMatch(/OTHER: .{0,2}‹hidden›, another value/);
  });

  it('says that the last one did not finish, with what else differs, until one has', async () => {
    const world = await madeWorld();
    const identity = await cutOff(world);
    editService(world, 'api', { replicas: 2 });
    expect(await lines(world)).toEqual([
      'the last update: did not finish, so that all its steps are done again',
      'api: replicas 1 -> 2',
    ]);
    const held = await world.locks.acquire(environmentLock(identity.owner), 'an update');
    expect((await lines(world))?.[0]).toBe('the last update: is at work now');
    await held.release();
    await world.create({ target: { kind: 'worktree', path: folder } });
    expect(await lines(world)).toEqual([]);
  });

  it('is not told of a create that was cut off before anything ran', async () => {
    const world = await madeWorld();
    const { release, namespace } = (await cutOff(world)).names;
    await world.releases.uninstall(release, namespace, {} as ClusterAccess);
    expect(await changesOf(world)).toBeUndefined();
  });

  it('tells of migrations, setup commands and what is patched', async () => {
    const world = new EnvironmentWorld();
    world.commit(environmentFileText(['web'], database, { setup: [command('a'), command('b')] }));
    world.environmentFiles.inputs.set(folder, 'first');
    world.environmentFiles.inputs.set('/code/repo', 'first');
    await world.createBranch('topic');
    expect(await lines(world)).toEqual([]);
    world.environmentFiles.inputs.set(folder, 'second');
    world.environmentFiles.setupInputs.set(`${folder} b`, 'other');
    world.edited.set(folder, world.worktrees.files.get('coppice.yaml'));
    edit(world, () => ({ patch: { '.env.local': { URL: '$(COPPICE_URL)' } } }));
    expect(await lines(world)).toEqual([
      'database: migrations changed: node migrate.js runs where it adds something',
      'setup: b runs',
      'patch: .env.local new',
    ]);
  });

  it('tells of a database that comes or goes', async () => {
    const world = await madeWorld();
    edit(world, () => ({ database: undefined }));
    expect(await lines(world)).toEqual(['database: gone']);
  });

  it('tells of a service that the file uses by its tool', async () => {
    const world = await madeWorld();
    edit(world, () => ({ uses: [{ name: 'cache', tool: 'redis' }] }));
    const told = await lines(world);
    expect(told).toContain('cache: new (redis)');
    await world.create({ target: { kind: 'worktree', path: folder } });
    expect(await lines(world)).toEqual([]);
    edit(world, () => ({ uses: [] }));
    expect(await lines(world)).toContain('cache: gone');
  });

  it('is not known without an environment, nor while the cluster does not run; nothing is started', async () => {
    const world = new EnvironmentWorld();
    expect(await changesOf(world, '/code/repo')).toBeUndefined();
    const made = await madeWorld();
    made.cluster.setStopped();
    await expect(changesOf(made)).rejects.toMatchObject({ code: 'unreachable' });
    expect(await made.cluster.probe()).toBeUndefined();
  });

  it('changes nothing', async () => {
    const world = await madeWorld();
    editService(world, 'api', { replicas: 2 });
    const [before, changes] = [await world.state(), [...world.releases.changes]];
    await changesOf(world);
    expect([await world.state(), world.releases.changes]).toEqual([before, changes]);
  });
});
