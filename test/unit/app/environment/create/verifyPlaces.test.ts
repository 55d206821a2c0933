import { expect, it } from 'vitest';
import type { EnvironmentFile, ServiceSpec } from '../../../../../src/core/environmentFile';
import { EnvironmentWorld } from '../../../../support/environmentWorld';
import { environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';

const setupCommand = { command: ['node', 'setup.js'], env: {}, inputs: undefined, timeout: undefined };

function worldWith(change: Partial<ServiceSpec>, more: Partial<EnvironmentFile> = {}): EnvironmentWorld {
  const file: EnvironmentFile = JSON.parse(environmentFileText(['web', 'api']));
  const world = new EnvironmentWorld();
  world.commit(
    JSON.stringify({ ...file, ...more, services: file.services.map((service) => ({ ...service, ...change })) }),
  );
  return world;
}

it.each([
  ['apps/api', /^coppice\.yaml: services\.web\.folder names "apps\/api", which is not in [0-9a-z]{7}\.$/],
  ['readme', /^coppice\.yaml: services\.web\.folder names "readme", which is a file, and no folder, in [0-9a-z]{7}\.$/],
])('a folder that the new worktree will not have (%s) is refused before anything is made', async (folder, message) => {
  const world = worldWith({ folder });
  const before = await world.state();
  await expect(world.createBranch('topic')).rejects.toMatchObject({
    code: 'invalidInput',
    message: expect.stringMatching(message) as unknown,
  });
  expect(await world.state()).toEqual(before);
});

it('one that the commit has is where the services run', async () => {
  const world = worldWith({ folder: 'apps/api' });
  world.worktrees.files.set('apps/api/package.json', '{}');
  await world.createBranch('topic');
  const installed = world.releases.installed('worktree-topic', 'topic');
  expect(installed?.values.services.map((service) => service.folder)).toEqual(['apps/api', 'apps/api']);
});

it('an env file may be one that the setup commands write, and is missed after them', async () => {
  const world = worldWith({ envFile: ['apps/.env'] }, { setup: [setupCommand] });
  const where = '/code/repo.worktrees/topic';
  await expect(world.createBranch('topic')).rejects.toThrow(`names "apps/.env", which is not in ${where}.`);
  expect(await world.worktree('topic')).toBeUndefined();
  world.environmentFiles.variables.set(`${where}/apps/.env`, { A: '1' });
  await world.createBranch('topic');
  expect(world.releases.installed('worktree-topic', 'topic')?.values.services[0]?.envFiles?.names).toEqual(['A']);
});

it.each([
  ['copied', { copy: ['apps/.env'] }],
  ['patched', { patch: { 'apps/.env': { A: '1' } } }],
  ['made of an example', { copy: ['.env'], examples: { 'apps/.env': '.env.example' } }],
])('an env file may be one that is %s', async (_, more) => {
  const world = worldWith({ envFile: ['apps/.env'] }, more);
  if (!('examples' in more)) world.worktreeFiles.ignored.add('apps/.env');
  world.environmentFiles.variables.set('/code/repo.worktrees/topic/apps/.env', { A: '1' });
  await world.createBranch('topic');
  expect(world.releases.installed('worktree-topic', 'topic')?.values.services[0]?.envFiles?.names).toEqual(['A']);
});

it('an env file that the new worktree will not have is refused before anything is made', async () => {
  const world = worldWith({ envFile: ['apps/.env'] });
  const before = await world.state();
  await expect(world.createBranch('topic')).rejects.toMatchObject({
    code: 'notConfigured',
    message: expect.stringMatching(
      /^coppice\.yaml: services\.web\.envFile names "apps\/\.env", which is not in \w{7}: /,
    ) as unknown,
  });
  expect(await world.state()).toEqual(before);
});

it('one that is to be copied, and that the main worktree has not, is told as what a person has to make', async () => {
  const world = worldWith({ envFile: ['apps/.env'] }, { copy: ['apps/.env'] });
  await expect(world.createBranch('topic')).rejects.toThrow(
    'the main worktree, where it is not either: make it there, as the project’s own instructions say',
  );
});
