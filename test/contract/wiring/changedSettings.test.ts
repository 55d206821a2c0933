import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedPostgres } from '../../../src/adapters/postgres/embeddedPostgres';
import { defaultSettings, type Settings } from '../../../src/core/settings';
import type { Product } from '../../../src/app/product';
import { wireProduct } from '../../../src/wiring/wireProduct';
import { neighbourPorts } from '../../support/neighbourPorts';
import { GitRepository } from '../../support/gitRepository';
import { silentLog } from '../../support/kubernetesHarness';
import { postgresPrograms } from '../../support/postgres';

const root = join(import.meta.dirname, '..', '..', '..');
const environmentFile = `version: 1
services:
  web:
    image: node
    command: [node, -e, "setInterval(() => {}, 1000)"]
database:
  template: one
`;

/** Whoever is told that a setting is wrong sets it, and tries again in the same window. */
describe('a setting that is changed takes effect at its next use, without a reload', { timeout: 60_000 }, () => {
  let repository: GitRepository;
  let product: Product;
  let home: string;
  let settings: Settings;
  const set = (change: Partial<Settings>): void => void (settings = { ...settings, ...change });
  const run = () => ({ signal: AbortSignal.timeout(55_000), report: () => undefined, approve: async () => true });

  beforeAll(async () => {
    repository = await GitRepository.create();
    await repository.commit('coppice.yaml', environmentFile, 'an environment file');
    home = join(repository.folder, 'home');
    settings = { ...defaultSettings, home, 'postgres.binaries': postgresPrograms };
    product = wireProduct({
      root,
      env: repository.env,
      execPath: process.execPath,
      settings: () => settings,
      postgresPassword: () => Promise.resolve(undefined),
      log: silentLog,
      folder: repository.root,
    });
  });
  afterAll(async () => {
    await product.clusters.stop({ name: 'embedded' }, run());
    await rm(new EmbeddedPostgres({ home, env: {} }).folder, { recursive: true, force: true, maxRetries: 5 });
    await rm(repository.folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('gateway.port: one that runs keeps its port, the next start has the other', async () => {
    // Below the one that it had, which is the next best one from here.
    const [second, first] = await neighbourPorts();
    set({ 'gateway.port': first });
    await product.clusters.start({ name: 'embedded' }, run());
    expect(await product.clusters.gatewayPort()).toBe(first);
    set({ 'gateway.port': second });
    await product.clusters.start({ name: 'embedded' }, run());
    expect(await product.clusters.gatewayPort()).toBe(first);
    expect(await product.clusters.status('embedded', run().signal)).toMatchObject({ port: first });
    await product.clusters.stop({ name: 'embedded' }, run());
    await product.clusters.start({ name: 'embedded' }, run());
    expect(await product.clusters.gatewayPort()).toBe(second);
  });

  it('postgres.binaries: the next start of the server takes the programs of the other folder', async () => {
    const empty = join(repository.folder, 'empty');
    await mkdir(empty);
    set({ 'postgres.binaries': empty });
    const refresh = () => product.databases.refreshTemplate({ folder: repository.root }, run());
    await expect(refresh()).rejects.toMatchObject({
      code: 'missingTool',
      message: `There is no PostgreSQL in ${empty}: it needs the programs postgres and initdb.`,
    });
    set({ 'postgres.binaries': postgresPrograms });
    await refresh();
    // What would start it again when it dies knows the folder as well.
    expect(await readFile(join(home, 'databaseServer.json'), 'utf8')).toContain(JSON.stringify(postgresPrograms));
  });

  it.skipIf(process.platform === 'win32')('helm.path: the next run is of the other program', async () => {
    const create = () =>
      product.environments.create(
        { folder: repository.root, target: { kind: 'worktree', path: repository.root } },
        run(),
      );
    set({ 'helm.path': join(repository.folder, 'no-such-helm') });
    await expect(create()).rejects.toMatchObject({
      code: 'missingTool',
      remedy: { action: { kind: 'openSettings', setting: 'coppice.helm.path' } },
    });
    for (const version of ['v3.2.0', 'v3.4.0']) {
      const program = join(repository.folder, `helm-${version}`);
      await writeFile(program, `#!/bin/sh\necho ${version}\n`);
      await chmod(program, 0o700);
      set({ 'helm.path': program });
      await expect(create()).rejects.toMatchObject({
        message: `Helm 3.8 or newer is needed; ${JSON.stringify(program)} is ${version}.`,
      });
    }
  });
});
