import { execFileSync } from 'node:child_process';
import {
  access,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HostDependencies } from '../../../src/adapters/dependencies/hostDependencies';
import { dependencyProjects } from '../../../src/core/dependencies/dependencyProjects';

const signal = new AbortController().signal;
const dependencies = new HostDependencies(process.env);
const [project] = dependencyProjects(['pnpm-lock.yaml']);
if (!project) throw new Error('the table does not know pnpm');

let place: string;
let from: string;
beforeEach(async () => {
  place = await realpath(await mkdtemp(join(tmpdir(), 'coppice-moved-')));
  from = join(place, '_spare-1');
  await write('pnpm-lock.yaml', "lockfileVersion: '9.0'\nimporters:\n  .: {}\n  packages/a: {}\n");
  // What only NODE_PATH leads to.
  await write('node_modules/.pnpm/node_modules/plugin/index.js', 'module.exports = __dirname;\n');
  await write('node_modules/.pnpm/tool@1.0.0/node_modules/tool/bin.js', "console.log(require('plugin'));\n");
  await symlink('.pnpm/tool@1.0.0/node_modules/tool', join(from, 'node_modules', 'tool'), 'junction');
  await write('node_modules/.bin/tool', shim('../.pnpm/tool@1.0.0/node_modules/tool/bin.js'));
});
afterEach(() => rm(place, { recursive: true, force: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(from, path)), { recursive: true });
  await writeFile(join(from, path), text, { mode: 0o755 });
}

/** As pnpm 8.15.9, 9.15.9 and 10.28.0 write it on Linux. */
function shim(target: string): string {
  const nodePath = ['tool@1.0.0/node_modules', 'node_modules'].map((inner) => `${from}/node_modules/.pnpm/${inner}`);
  return `#!/bin/sh
basedir=$(dirname "$(echo "$0" | sed -e 's,\\\\,/,g')")

if [ -z "$NODE_PATH" ]; then
  export NODE_PATH="${nodePath.join(':')}"
else
  export NODE_PATH="${nodePath.join(':')}:$NODE_PATH"
fi
exec node  "$basedir/${target}" "$@"
`;
}

const unbind = (): Promise<string | undefined> => dependencies.unbind(from, project, signal);
async function moved(): Promise<string> {
  const to = join(place, 'topic');
  await rename(from, to);
  return to;
}

// On Windows the links of pnpm are absolute.
describe.skipIf(process.platform === 'win32')('dependencies that are moved with their folder', () => {
  const run = (cwd: string, program: string, env: NodeJS.ProcessEnv = {}): string =>
    execFileSync(program, { cwd, env: { ...process.env, ...env }, encoding: 'utf8', stdio: 'pipe' }).trim();

  it('find in their new place what they found in the old one, and nothing of whatever is there by then', async () => {
    expect(await unbind()).toBeUndefined();
    const to = await moved();
    await write('node_modules/.pnpm/node_modules/plugin/index.js', "module.exports = 'of another worktree';\n");
    const plugin = join(to, 'node_modules', '.pnpm', 'node_modules', 'plugin');
    expect(run(place, join(to, 'node_modules', '.bin', 'tool'))).toBe(plugin);
    expect(run(to, 'node_modules/.bin/tool', { NODE_PATH: '/nowhere' })).toBe(plugin);
    expect(await readFile(join(to, 'node_modules', '.bin', 'tool'), 'utf8')).not.toContain(place);
  });

  it('leave behind whatever the table leaves behind in a clone, wherever it is, and that alone', async () => {
    await write('node_modules/.pnpm-workspace-state-v1.json', '{}');
    await write('packages/a/node_modules/.vite/deps/x.js', '');
    await write('packages/a/node_modules/one/index.js', '');
    await write('packages/a/.cache/mine', '');
    expect(await unbind()).toBeUndefined();
    expect((await readdir(join(from, 'node_modules'))).sort()).toEqual(['.bin', '.pnpm', 'tool']);
    expect(await readdir(join(from, 'packages', 'a', 'node_modules'))).toEqual(['one']);
    await access(join(from, 'packages', 'a', '.cache', 'mine'));
  });

  it.each([
    ['a link', () => symlink(join(from, 'packages', 'a'), join(from, 'node_modules', 'a')), 'node_modules/a'],
    [
      'a program of another form',
      () => write('node_modules/.bin/other', `#!/bin/sh\nexec "${from}/node_modules/other/run" "$@"\n`),
      'node_modules/.bin/other',
    ],
    [
      'a program that has another name elsewhere',
      () => link(join(from, 'node_modules', '.bin', 'tool'), join(place, 'in the store')),
      'node_modules/.bin/tool',
    ],
  ])('go, all of them, where %s names the folder', async (_, bind, path) => {
    await write('packages/a/node_modules/one/index.js', '');
    const before = await readFile(join(from, 'node_modules', '.bin', 'tool'), 'utf8');
    await bind();
    expect(await unbind()).toBe(`${path} names the folder that it was made in`);
    expect((await readdir(from)).sort()).toEqual(['packages', 'pnpm-lock.yaml']);
    expect(await readdir(join(from, 'packages', 'a'))).toEqual([]);
    const stored = await readFile(join(place, 'in the store'), 'utf8').catch(() => before);
    expect(stored).toBe(before);
  });

  it('are no link’s that leads to another folder', async () => {
    await rm(join(from, 'node_modules'), { recursive: true });
    await mkdir(join(place, 'theirs', '.cache'), { recursive: true });
    await symlink(join(place, 'theirs'), join(from, 'node_modules'));
    expect(await unbind()).toBeUndefined();
    expect(await readdir(join(place, 'theirs'))).toEqual(['.cache']);
  });
});
