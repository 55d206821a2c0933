import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Product } from '../../../src/app/product';
import { defaultSettings } from '../../../src/core/settings';
import { wireProduct } from '../../../src/wiring/wireProduct';
import { cliMachine } from '../../support/cliMachine';
import { GitRepository } from '../../support/gitRepository';
import { silentLog } from '../../support/kubernetesHarness';

let repository: GitRepository;
let env: NodeJS.ProcessEnv;
let calls: string;
beforeAll(async () => {
  repository = await GitRepository.create();
  calls = join(repository.folder, 'calls');
  const programs = join(repository.folder, 'bin');
  await mkdir(programs);
  const git = await cliMachine.findProgram('git', repository.env);
  await writeFile(join(programs, 'git'), `#!/bin/sh\necho "$*" >> '${calls}'\nexec '${git ?? ''}' "$@"\n`);
  await chmod(join(programs, 'git'), 0o755);
  env = { ...repository.env, PATH: `${programs}${delimiter}${repository.env['PATH'] ?? ''}` };
});
afterAll(() => repository.dispose());

function aProduct(): Product {
  return wireProduct({
    root: join(import.meta.dirname, '..', '..', '..'),
    env,
    execPath: process.execPath,
    settings: () => ({ ...defaultSettings, home: join(repository.folder, 'home') }),
    postgresPassword: () => Promise.resolve(undefined),
    log: silentLog,
  });
}

// What stands for git there is a script of a shell.
it.skipIf(process.platform === 'win32')(
  'who asks at once which repository a folder is in has git asked once',
  async () => {
    const product = aProduct();
    const { signal } = new AbortController();
    const usages = (): Promise<unknown> => product.services.usage(repository.root, signal).catch(() => undefined);
    const lists = async (): Promise<number> =>
      (await readFile(calls, 'utf8')).split('\n').filter((line) => line.includes('worktree list')).length;
    await usages();
    const alone = await lists();
    await Promise.all([usages(), usages(), usages()]);
    expect([alone, await lists()]).toEqual([1, 2]);
    // It is remembered for no one who asks later.
    await usages();
    expect(await lists()).toBe(3);
    // What `coppice list` asks: which repository, and then its worktrees as they are.
    await Promise.all([product.snapshots.read(repository.root, signal), usages()]);
    expect(await lists()).toBe(5);
  },
);

it.skipIf(process.platform === 'win32')(
  'who plans a create is in the repository that its cluster was chosen for',
  async () => {
    await repository.commit('coppice.yaml', 'version: 1\nservices: {web: {command: "node server.js"}}\n', 'a file');
    const product = aProduct();
    const asked = async (): Promise<number> =>
      (await readFile(calls, 'utf8')).split('\n').filter((line) => line.includes('--git-common-dir')).length;
    const before = await asked();
    const run = { signal: AbortSignal.timeout(30_000), report: () => undefined };
    const request = { folder: repository.root, target: { kind: 'branch', branch: 'x' } } as const;
    expect(await product.environments.plan(request, run)).toMatchObject({ branch: 'x' });
    expect((await asked()) - before).toBe(1);
  },
);
