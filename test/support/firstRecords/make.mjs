// node test/support/firstRecords/make.mjs [COMMIT]
// Makes firstRecords.json anew: a COPPICE_HOME and a repository with two environments, as the last commit whose records are of
// version 1 writes them. It builds that commit in a temporary git worktree and runs its CLI on the embedded cluster.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundledTools, ensureHelm } from '../../../scripts/workplace/helm.mjs';
import { changeFile, isText } from './places.mjs';

const run = promisify(execFile);
const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..', '..');
const commit = process.argv[2] ?? '3d647b9';
const service = `require('node:http').createServer((_, response) => response.end('here')).listen(Number(process.env.PORT))`;
const environmentFile = `version: 1
services:
  web: {command: [node, -e, "${service}"], port: 3000, routes: [/], health: /}
  worker: {command: [node, -e, "setInterval(() => {}, 1000)"]}
`;

await ensureHelm();
const helm = existsSync(bundledTools.helm) ? bundledTools.helm : 'helm';

const build = await mkdtemp(join(tmpdir(), 'coppice-first-'));
const place = await realpath(await mkdtemp(join(tmpdir(), 'coppice-place-')));
try {
  await run('git', ['worktree', 'add', '--detach', join(build, 'source'), commit], { cwd: root });
  await symlink(join(root, 'node_modules'), join(build, 'source', 'node_modules'), 'junction');
  await run(process.execPath, ['scripts/build.mjs'], { cwd: join(build, 'source') });
  await make(join(build, 'source', 'dist', 'cli.js'));
} finally {
  await run('git', ['worktree', 'remove', '--force', join(build, 'source')], { cwd: root });
  await rm(build, { recursive: true, force: true });
  await rm(place, { recursive: true, force: true });
}

/** @param {string} cli */
async function make(cli) {
  const path = [join(root, 'node_modules', '.bin'), process.env['PATH']].join(delimiter);
  const env = {
    ...{
      PATH: path,
      HOME: place,
      USERPROFILE: place,
      COPPICE_HOME: join(place, 'home'),
      COPPICE_GATEWAY_PORT: '18099',
      COPPICE_HELM_PATH: helm,
    },
    ...{ GIT_CONFIG_NOSYSTEM: '1', COPPICE_CREATE_STEADY_TIME: '0' },
    ...{ GIT_AUTHOR_NAME: 'Test', GIT_AUTHOR_EMAIL: 'test@example.com' },
    ...{ GIT_COMMITTER_NAME: 'Test', GIT_COMMITTER_EMAIL: 'test@example.com' },
  };
  const cwd = join(place, 'repository');
  await mkdir(cwd);
  const git = (/** @type {string[]} */ ...argv) => run('git', argv, { cwd, env });
  const coppice = (/** @type {string[]} */ ...argv) => run(process.execPath, [cli, ...argv], { cwd, env });
  await git('init', '--quiet', '--template=', '--initial-branch=main');
  await writeFile(join(cwd, 'coppice.yaml'), environmentFile);
  await git('add', '.');
  await git('commit', '--quiet', '-m', 'first');
  try {
    await coppice('cluster', 'choose', 'embedded');
    await coppice('create', 'one', '--json');
    await coppice('create', 'two', '--json');
  } finally {
    await coppice('cluster', 'stop');
  }
  const kept = ['repository', 'repository.worktrees', 'home/clusters.json'];
  kept.push('home/cluster/state.json', 'home/cluster/settings.json');
  /** @type {Record<string, string>} */
  const files = {};
  for (const name of (await readdir(place, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(place, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()) {
    if (!kept.some((one) => name === one || name.startsWith(`${one}/`)) || /\/logs\/(HEAD|refs\/)/.test(name)) continue;
    const change = (/** @type {string} */ text) => text.replaceAll(place, '{{place}}').replaceAll(path, '{{path}}');
    const content = changeFile(name, await readFile(join(place, name)), change);
    files[name] = isText(content) ? content.toString() : `base64:${content.toString('base64')}`;
  }
  const text = `${JSON.stringify({ commit, files }, undefined, 2)}\n`;
  if (text.includes(root) || text.includes(place)) throw new Error('a path of this machine is in it');
  await writeFile(join(here, 'firstRecords.json'), text);
  process.stdout.write(`${Object.keys(files).length} files, ${Math.round(text.length / 1024)} KB\n`);
}
