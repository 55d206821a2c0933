import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { differenceOf } from '../../../src/adapters/dependencies/differenceOf';
import { dependencyProjects } from '../../../src/core/dependencies/dependencyProjects';

/* npm 12.2.2 runs what `allowScripts` names as it installs, and never later: findings/npm-approved-script-is-never-run.sh. */
it.each([
  ['allowScripts', { 'better-sqlite3@12.0.0': true }],
  ['dependenciesMeta', { 'better-sqlite3': { built: true } }],
])('dependencies are others where %s of package.json has other scripts run', async (key, value) => {
  const place = await mkdtemp(join(tmpdir(), 'coppice-approved-'));
  try {
    const [project] = dependencyProjects(['package-lock.json']);
    if (!project) throw new Error('the table does not know npm');
    const lockfile = JSON.stringify({ lockfileVersion: 3, packages: { '': {} } });
    const write = async (name: string, approved: object): Promise<string> => {
      const folder = join(place, name);
      await mkdir(join(folder, 'node_modules'), { recursive: true });
      await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'app', ...approved }));
      await writeFile(join(folder, 'package-lock.json'), lockfile);
      await writeFile(join(folder, 'node_modules', '.package-lock.json'), lockfile);
      return folder;
    };
    const [before, after, same] = [
      await write('before', {}),
      await write('after', { [key]: value }),
      await write('same', { description: 'else', [key]: value }),
    ];
    expect((await differenceOf(before, after, project)).why).toMatch(/scripts of other packages run$/);
    expect((await differenceOf(after, same, project)).why).toBeUndefined();
  } finally {
    await rm(place, { recursive: true, force: true });
  }
});
