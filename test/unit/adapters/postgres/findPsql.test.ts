import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPsql } from '../../../../src/adapters/postgres/findPsql';

let folder = '';
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'coppice-psql-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const name = process.platform === 'win32' ? 'psql.exe' : 'psql';

async function psqlIn(...parts: string[]): Promise<string> {
  const place = join(folder, ...parts);
  await mkdir(place, { recursive: true });
  const path = join(place, name);
  await writeFile(path, '');
  await chmod(path, 0o755);
  return path;
}

describe('psql', () => {
  it('is that of the folder that a person named, else that of PATH', async () => {
    const [named, onPath] = [await psqlIn('named'), await psqlIn('path')];
    const env = { PATH: join(folder, 'path') };
    expect(await findPsql(join(folder, 'named'), env, [])).toBe(named);
    expect(await findPsql('', env, [])).toBe(onPath);
    // A folder of a server alone has none.
    expect(await findPsql(join(folder, 'server'), env, [])).toBe(onPath);
  });

  it('is none of the repository, wherever PATH and links lead', async () => {
    await psqlIn('repo', 'node_modules', '.bin');
    const own = await psqlIn('own');
    await mkdir(join(folder, 'links'));
    await symlink(join(folder, 'repo', 'node_modules', '.bin', name), join(folder, 'links', name));
    const path = [join(folder, 'repo', 'node_modules', '.bin'), join(folder, 'links'), join(folder, 'own')];
    expect(await findPsql('', { PATH: path.join(delimiter) }, [join(folder, 'repo')])).toBe(own);
  });
});
