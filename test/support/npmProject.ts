import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * A project of npm in a folder, without anything from a registry, and installed: a package with a program, one version of it for the
 * root and another one for a workspace.
 */
export async function npmProject(folder: string, env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const packages = join(folder, 'vendored');
  await mkdir(packages, { recursive: true });
  for (const version of ['1.0.0', '2.0.0']) {
    const source = join(folder, 'package');
    await write(source, 'package.json', { name: 'greeter', version, main: 'index.js', bin: { greet: 'bin.js' } });
    await writeFile(join(source, 'index.js'), `module.exports = 'greeter ${version}';\n`);
    await writeFile(join(source, 'bin.js'), `#!/usr/bin/env node\nconsole.log(__dirname);\n`);
    await run('tar', ['-czf', join(packages, `greeter-${version}.tgz`), '-C', folder, 'package']);
    await rm(source, { recursive: true });
  }
  await write(folder, 'package.json', {
    name: 'project',
    private: true,
    workspaces: ['packages/*'],
    dependencies: { greeter: 'file:vendored/greeter-1.0.0.tgz' },
  });
  const api = join(folder, 'packages', 'api');
  const dependencies = { greeter: 'file:../../vendored/greeter-2.0.0.tgz' };
  await write(api, 'package.json', { name: 'api', version: '1.0.0', dependencies });
  await writeFile(join(api, 'index.js'), "module.exports = 'api of ' + __dirname;\n");
  await writeFile(join(folder, '.gitignore'), 'node_modules/\n');
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund'], { cwd: folder, env });
}

/** Adds a package whose own script fails at an install, unless there is a file `mended` beside the project's package.json. */
export async function addFailingPackage(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const source = join(folder, 'package');
  const postinstall = 'node check.js';
  await write(source, 'package.json', { name: 'fragile', version: '1.0.0', scripts: { postinstall } });
  const check =
    "if (!require('node:fs').existsSync(process.env.INIT_CWD + '/mended')) throw new Error('not mended yet');";
  await writeFile(join(source, 'check.js'), `${check}\n`);
  await run('tar', ['-czf', join(folder, 'vendored', 'fragile-1.0.0.tgz'), '-C', folder, 'package']);
  await rm(source, { recursive: true });
  const argv = [
    'install',
    '--package-lock-only',
    '--offline',
    '--no-audit',
    '--no-fund',
    './vendored/fragile-1.0.0.tgz',
  ];
  await run('npm', argv, { cwd: folder, env });
}

async function write(folder: string, name: string, content: object): Promise<void> {
  const file = join(folder, name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(content, undefined, 2)}\n`);
}
