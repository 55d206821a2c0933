import { execFile, execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StandInModels } from '../../support/standInModels';
import { verifies } from '../../support/verified';
import { CliWorld } from '../cli/cliWorld';

/** bundle/gemini.js of the package @google/gemini-cli 0.61.0: it is large, and not installed for this. */
const gemini = process.env['COPPICE_TEST_GEMINI'] ?? '';

const mine = '{\n  // mine\n  "security": {"auth": {"selectedType": "gemini-api-key"}}\n}\n';

interface Told {
  readonly kind: string;
  readonly program: string;
  readonly said?: string;
  readonly pid?: number;
}

describe.skipIf(gemini === '')('Gemini CLI, connected', { timeout: 180_000 }, () => {
  let world: CliWorld;
  let model: StandInModels;
  let settings: string;
  let folder: string;

  beforeAll(async () => {
    const asked = {
      marker: 'make mark seven',
      tool: 'run_shell_command',
      input: { command: 'touch made', description: 'd' },
    };
    [world, model] = await Promise.all([CliWorld.create(), StandInModels.start(asked)]);
    const home = join(world.folder, 'gemini');
    world.env['GEMINI_CLI_HOME'] = home;
    settings = join(home, '.gemini', 'settings.json');
    await mkdir(join(home, '.gemini'), { recursive: true });
    await writeFile(settings, mine);
    folder = join(world.folder, 'linked');
    await world.git('worktree', 'add', '--quiet', '-b', 'linked', folder);
  }, 120_000);
  afterAll(async () => {
    await model.stop();
    await world.dispose();
  });
  verifies('Gemini CLI', () => execFileSync(process.execPath, [gemini, '--version'], { encoding: 'utf8' }).trim(), {
    obtained: 'npm: @google/gemini-cli',
    asked: 'the steps of a session, by the hooks that Coppice writes',
  });

  /** @returns its exit code, and all that it printed */
  function run(...words: readonly string[]): Promise<{ code: number; output: string }> {
    const env = { ...world.env, GEMINI_API_KEY: 'stand-in', GOOGLE_GEMINI_BASE_URL: model.address };
    return new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        [gemini, '--skip-trust', ...words],
        { cwd: folder, env },
        (error, out, err) => resolve({ code: error ? Number(error.code ?? 1) : 0, output: out + err }),
      );
      child.stdin?.end();
    });
  }

  it('tells each step of a session by the hooks that were written, and its file stays as it was', async () => {
    expect(await world.json(['connect', 'gemini'])).toMatchObject({ file: settings, written: true });
    const { code, output } = await run('--yolo', '--prompt', 'make mark seven');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).not.toMatch(/hook/i);
    const journals = join(await world.gitIn(folder, 'rev-parse', '--absolute-git-dir'), 'coppice-agents');
    const texts = await Promise.all((await readdir(journals)).map((name) => readFile(join(journals, name), 'utf8')));
    const told = texts.flatMap((text) => text.split('\n').filter(Boolean)).map((line) => JSON.parse(line) as Told);
    const kinds = told.map(({ kind }) => kind).filter((kind, index, all) => kind !== all[index - 1]);
    expect(kinds).toEqual(['start', 'prompt', 'used', 'stop', 'end']);
    expect(told.find(({ kind }) => kind === 'stop')).toMatchObject({ program: 'gemini', said: 'done' });
    expect(new Set(told.map(({ pid }) => pid)).size).toBe(1);
    await world.json(['connect', 'gemini', '--remove']);
    expect(await readFile(settings, 'utf8')).toBe(mine);
  });
});
