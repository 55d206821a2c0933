import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HostDependencies } from '../../../src/adapters/dependencies/hostDependencies';
import { dependencyProjects } from '../../../src/core/dependencies/dependencyProjects';

const signal = new AbortController().signal;
const dependencies = new HostDependencies(process.env);

describe('packages that an install wrote down', () => {
  const pnpmModules = {
    included: { dependencies: true, devDependencies: true, optionalDependencies: true },
    hoistedDependencies: { 'deep@1.0.0': { deep: 'private' } },
  };
  // As pnpm 10.28.0 writes it, which is no JSON.
  const pnpm10Modules = `hoistPattern:
  - '*'
hoistedDependencies:
  deep@1.0.0:
    deep: private
  gone@1.0.0:
    gone: private
included:
  dependencies: true
  devDependencies: true
  optionalDependencies: true
injectedDeps: {}
layoutVersion: 5
nodeLinker: isolated
packageManager: pnpm@10.28.0
pendingBuilds: []
prunedAt: Sat, 28 Nov 2026 17:35:33 GMT
publicHoistPattern: []
registries:
  default: https://registry.npmjs.org/
skipped:
  - gone@1.0.0
storeDir: /tmp/store/v10
virtualStoreDir: .pnpm
virtualStoreDirMaxLength: 120
`;
  const yarnState = '__metadata:\n  version: 1\n\n"one@npm:1.0.0":\n  locations:\n    - "node_modules/one"\n';
  const classic = { systemParams: `${process.platform}-${process.arch}-137`, lockfileEntries: { 'one@1': 'a' } };
  it.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    [
      'pnpm-lock.yaml',
      { '.pnpm/lock.yaml': "lockfileVersion: '9.0'\n", '.modules.yaml': JSON.stringify(pnpmModules) },
      ['one', '.pnpm/node_modules/deep'],
    ],
    [
      'pnpm-lock.yaml',
      { '.pnpm/lock.yaml': "lockfileVersion: '9.0'\n", '.modules.yaml': pnpm10Modules },
      ['one', '.pnpm/node_modules/deep'],
    ],
    ['yarn.lock', { '.yarn-state.yml': yarnState }, ['one']],
    ['yarn.lock', { '.yarn-integrity': JSON.stringify(classic) }, ['one']],
  ])('are looked at one by one as well for %s with %j', async (lockfile, states, packages) => {
    const place = await realpath(await mkdtemp(join(tmpdir(), 'coppice-dependencies-')));
    const [other] = dependencyProjects([lockfile]);
    if (!other) throw new Error(`the table does not know ${lockfile}`);
    const main = join(place, 'main');
    const locks: Record<string, string> = {
      'pnpm-lock.yaml': "lockfileVersion: '9.0'\n",
      'yarn.lock': states['.yarn-state.yml']
        ? '"one@npm:1":\n  version: 1.0.0\n  resolution: "one@npm:1.0.0"\n'
        : 'one@1:\n  version "1.0.0"\n  resolved "a"\n',
    };
    const request = {
      ...{ from: main, to: join(place, 'worktree'), project: other },
      ignored: async (): Promise<readonly string[]> => [],
    };
    try {
      for (const folder of [main, request.to]) {
        await mkdir(folder);
        await writeFile(join(folder, lockfile), locks[lockfile] ?? '');
        await writeFile(join(folder, 'package.json'), '{"dependencies":{"one":"1"},"optionalDependencies":{"no":"1"}}');
      }
      for (const name of packages) await mkdir(join(main, 'node_modules', name), { recursive: true });
      for (const [name, text] of Object.entries(states)) await writeFile(join(main, 'node_modules', name), text);
      // All is there: what is asked next is git.
      const why = 'git does not ignore node_modules';
      expect(await dependencies.clone(request, signal)).toEqual({ kind: 'different', why });
      for (const name of packages) {
        await rm(join(main, 'node_modules', name), { recursive: true });
        const missing = { kind: 'different', why: `node_modules/${name} is missing there` };
        expect(await dependencies.clone(request, signal)).toEqual(missing);
        await mkdir(join(main, 'node_modules', name));
      }
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  });
});
