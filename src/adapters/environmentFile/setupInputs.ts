import { lstat } from 'node:fs/promises';
import path from 'node:path';
import type { SetupCommand } from '../../core/environmentFile';
import { digestOf, fileEntries } from './fileEntries';
import { insidePath } from './insidePath';

/** What says which packages a folder has, by the managers of their languages: manifests, lockfiles, versions of tools. */
const manifests: readonly string[] = [
  // npm, pnpm, yarn, bun
  ...['package.json', 'package-lock.json', 'npm-shrinkwrap.json', '.npmrc', '.nvmrc', '.node-version'],
  ...['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'yarn.lock', '.yarnrc.yml', 'bun.lock', 'bun.lockb'],
  // pip, Poetry, uv, PDM, Pipenv
  ...['requirements*.txt', 'pyproject.toml', 'poetry.lock', 'uv.lock', 'pdm.lock', 'Pipfile', 'Pipfile.lock'],
  ...['setup.py', 'setup.cfg', '.python-version'],
  // Bundler, Composer, Cargo, Go, Mix
  ...['Gemfile', 'Gemfile.lock', '.ruby-version', 'composer.json', 'composer.lock', 'Cargo.toml', 'Cargo.lock'],
  ...['go.mod', 'go.sum', 'go.work', 'mix.exs', 'mix.lock', '.tool-versions', 'mise.toml'],
  // Maven, Gradle, .NET
  ...['pom.xml', 'build.gradle', 'build.gradle.kts', 'settings.gradle', 'settings.gradle.kts', 'gradle.lockfile'],
  ...['*.csproj', '*.sln', 'packages.lock.json'],
];

/**
 * A hash over what a command of `setup` reads: what the file says, else the manifests and lockfiles that are at the root, and in
 * the folders that the command names, and the files that it names.
 */
export async function setupInputs(
  folder: string,
  { command, inputs }: Pick<SetupCommand, 'command' | 'inputs'>,
  signal?: AbortSignal,
): Promise<string> {
  return digestOf(await fileEntries(folder, inputs ?? (await known(folder, command)), signal));
}

async function known(folder: string, command: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  const bases = new Set(['']);
  for (const word of command) {
    // `--dir=apps/api` names a folder as well.
    const name = insidePath(word.slice(word.indexOf('=') + 1));
    const found = name === undefined ? undefined : await lstat(path.join(folder, name)).catch(() => undefined);
    if (name === undefined || !found) continue;
    if (found.isDirectory()) bases.add(`${name}/`);
    else files.push(name);
  }
  return [...files, ...[...bases].flatMap((base) => manifests.map((manifest) => `${base}${manifest}`))];
}
