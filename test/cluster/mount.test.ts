import { symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CreateResult } from '../../src/app/environment/requests';
import { nodeIsHere } from '../support/nodeIsHere';
import { PodWorld } from '../support/podWorld';
import { verifiesKubernetes } from '../support/toolVersions';

verifiesKubernetes('a worktree that is mounted from the node into a pod');

const image = process.env['COPPICE_TEST_IMAGE'];

// Elsewhere a mount can only be refused.
const here = (await nodeIsHere()) !== undefined;

// The program reads its text anew for each request: what it answers is what the worktree says at that moment.
const program = `const { readFileSync } = require('node:fs');
require('node:http').createServer((request, answer) => {
  try { answer.end(readFileSync('text.txt', 'utf8')); } catch (error) { answer.end(error.code); }
}).listen(Number(process.env.PORT));
`;
const services = { web: { image, mount: true, command: 'node server.js', port: 3000 } };

describe('A worktree in a pod', { timeout: 120_000 }, () => {
  let world: PodWorld;
  let created: CreateResult;
  beforeAll(async () => {
    world = await PodWorld.create('mounted', process.env);
    await world.commit(services, { 'server.js': program, 'text.txt': 'first' });
  });
  afterAll(() => world?.dispose(), 120_000);

  test.runIf(here)('is live: an edit is seen without a build, a restart or a new pod', async () => {
    created = await world.create('mounted');
    expect(created.ready).toBe(true);
    const before = await world.pods(created, 'web');
    await world.reach(created, 'web', async (url) => {
      const text = async (): Promise<string> => (await fetch(url)).text();
      expect(await text()).toBe('first');
      await world.repository.write('text.txt', 'second', created.worktree.path);
      expect(await text()).toBe('second');
      await unlink(join(created.worktree.path, 'text.txt'));
      expect(await text()).toBe('ENOENT');
      await world.repository.write('text.txt', 'third', created.worktree.path);
      expect(await text()).toBe('third');
    });
    const after = await world.pods(created, 'web');
    expect(after.map(({ metadata }) => metadata.uid)).toEqual(before.map(({ metadata }) => metadata.uid));
    expect(after[0].status.containerStatuses[0].restartCount).toBe(0);
    expect(after[0].spec.volumes).toContainEqual({
      name: 'workspace',
      hostPath: { path: created.worktree.path, type: 'Directory' },
    });
  });

  test.runIf(here)('is the folder that a setting says the nodes have under another name', async () => {
    // The node is this machine: its other name for the folder is a link.
    await symlink(world.repository.folder, `${world.repository.folder}-link`, 'dir');
    world.set({ 'cluster.mountedFolders': [`${world.repository.folder}=${world.repository.folder}-link`] });
    const named = await world.create('named');
    expect(await world.ask(named, 'web')).toBe('first');
    const [pod] = await world.pods(named, 'web');
    expect(pod.spec.volumes[0].hostPath.path).toBe(`${world.repository.folder}-link/mounted.worktrees/named`);
    await unlink(`${world.repository.folder}-link`);
  });

  test.runIf(!here)('is refused before anything is made where the nodes do not have the folder', async () => {
    await expect(world.create('mounted')).rejects.toMatchObject({
      code: 'notConfigured',
      message: expect.stringContaining('cannot mount the worktree into web'),
    });
    expect(await world.made()).toEqual({ namespaces: [], worktrees: 0 });
  });
});
