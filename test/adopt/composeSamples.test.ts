import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseEnvironmentFile } from '../../src/adapters/environmentFile/parseEnvironmentFile';
import { lostKeys } from '../support/lostKeys';
import { filesIn } from '../support/proposeFor';
import { verifies } from '../support/verified';
import { isReached } from './isReached';

const run = promisify(execFile);
const program = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');

const samples = {
  name: 'compose',
  repository: 'https://github.com/compose-spec/conformance-tests',
  commit: '7cc9c7ce7fa630fc8e250482e1feae397459352b',
};
const wanted = (process.env['COPPICE_ADOPT'] ?? '').split(/[ ,]+/).filter(Boolean);
const isWanted = wanted.length === 0 || wanted.includes(samples.name);

// They are read where they are, and are no files of this repository: test/unit/app/init/compose has the same in words of its own.
describe.skipIf(!isWanted || !isReached(samples.repository))("the samples of Compose's own conformance tests", () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  const git = (cwd: string, ...argv: string[]) => run('git', argv, { cwd, env });

  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'coppice-adopt-')));
    const inherited = Object.entries(process.env).filter(([name]) => !/^COPPICE_/.test(name));
    env = { ...Object.fromEntries(inherited), COPPICE_HOME: join(folder, 'home') };
    await git(folder, 'clone', '--quiet', samples.repository, 'samples');
    await git(join(folder, 'samples'), 'reset', '--quiet', '--hard', samples.commit);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  verifies('Compose, conformance samples', () => samples.commit.slice(0, 7), {
    obtained: `git: ${samples.repository}`,
    asked: 'what init makes of each file',
  });

  it('become valid files by "coppice init", and whatever is not in them is listed', async () => {
    const names = await readdir(join(folder, 'samples', 'tests'));
    expect(names.sort()).toEqual([
      'different_networks',
      'scaling',
      'simple_configfile',
      'simple_lifecycle',
      'simple_network',
      'simple_secretfile',
      'simple_volume',
      'udp_port',
    ]);
    for (const name of names) {
      const project = join(folder, name);
      await cp(join(folder, 'samples', 'tests', name), project, { recursive: true });
      await git(project, 'init', '--quiet');
      await git(project, 'add', '--all');
      const { stdout } = await run(process.execPath, [program, 'init', '--yes', '--json'], { cwd: project, env });
      const said = JSON.parse(stdout) as { written: boolean; leftOut: readonly { path: string }[] };
      expect(said.written, name).toBe(true);

      const made = await readFile(join(project, 'coppice.yaml'), 'utf8');
      expect(parseEnvironmentFile(made).problems, made).toEqual([]);
      const listed = said.leftOut.map(({ path }) => path);
      const all = filesIn(project);
      expect(lostKeys({ files: all, given: ['compose.yaml'], made, listed }), made).toEqual([]);
      // What is told is in the file as well.
      const plain = made.replaceAll(/\n# /g, ' ');
      for (const path of listed) expect(plain).toContain(path);
    }
  });
});
