import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CreatedJson, ListJson } from './cliJson';
import { type CliResult, CliWorld } from './cliWorld';

const hour = 3600_000;
const day = 24 * hour;

const web = `require('node:http').createServer((_, answer) => answer.end('here')).listen(Number(process.env.PORT))`;
const environmentFile = `version: 1
services:
  web: {command: [node, -e, "${web}"], port: 3000, routes: [/], health: /}
`;

describe('environments that nobody uses', { timeout: 120_000 }, () => {
  let world: CliWorld;
  beforeAll(async () => {
    world = await CliWorld.create();
    await writeFile(join(world.repository, 'coppice.yaml'), environmentFile);
    await world.git('commit', '--quiet', '--all', '--message', 'no database');
  }, 60_000);
  afterAll(() => world.dispose());

  /** As it is so much later, for this one command; the cluster knows nothing of it. */
  const later = (ms: number, automatic = 'environments') => {
    const ahead = `const now = Date.now; Date.now = () => now() + ${ms};`;
    const env = {
      COPPICE_CLEAN_AUTOMATIC: automatic,
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(ahead)}`,
    };
    return { env };
  };
  const at = (ms: number, ...args: string[]): Promise<CliResult> => world.cli(['clean', ...args], later(ms));
  const namespaces = async () =>
    (await world.objects('/api/v1/namespaces')).filter((name) => name.startsWith('worktree-'));
  /** All that is said until notice of each is given: what a service used at its start is no longer seen of it by a later look. */
  const noticed = async (ms: number, ...names: string[]): Promise<string> => {
    let said = '';
    for (let each = 0; each < 6 && !names.every((name) => said.includes(`${name}: `)); each++)
      said += (await at(ms + each * 1.5 * hour)).stderr;
    return said;
  };

  /** What is said in looks so often that the time between them counts. */
  const during = async (from: number, hours: number, automatic?: string): Promise<string> => {
    let said = '';
    for (let each = 0; each < hours; each += 2.5)
      said += (await world.cli(['clean'], later(from + each * hour, automatic))).stderr;
    return said;
  };

  it('go by themselves a day after that was said, but those that somebody keeps or asks for something', async () => {
    const made = new Map<string, CreatedJson>();
    for (const name of ['idle', 'kept', 'asked']) made.set(name, await world.json<CreatedJson>(['create', name]));
    await writeFile(join(made.get('idle')?.path ?? '', 'draft.txt'), 'a thought');
    const all = await namespaces();
    expect(all).toHaveLength(3);

    // Nobody has switched it on.
    const off = await world.cli(['clean'], { env: { NODE_OPTIONS: later(9 * day).env.NODE_OPTIONS } });
    expect(off).toMatchObject({ code: 0, stderr: expect.not.stringContaining('by itself') });
    expect(existsSync(join(world.home, 'cleanup'))).toBe(false);

    const notice = await noticed(9 * day, 'idle', 'kept', 'asked');
    expect(notice).toMatch(/^! idle: its environment goes by itself in 1 day at the earliest, as nobody /m);
    const start = 9 * day + 8 * hour;
    const table = await at(start);
    expect(table.stdout).toMatch(
      /^idle .*1 untracked file.*; its environment goes by itself in \d+ hours at the earliest$/m,
    );
    const { worktrees } = await world.json<ListJson>(['list'], later(start));
    const idle = worktrees.find(({ branch }) => branch === 'idle');
    expect(idle).toMatchObject({ goes: { what: 'environment' }, view: { marks: ['goes by itself soon'] } });

    expect(await world.cli(['clean', 'kept', '--keep'], later(start))).toMatchObject({
      code: 0,
      stdout: 'kept: counts as used now\n',
    });
    expect(await world.fetch(made.get('asked')?.url ?? '')).toMatchObject({ status: 200, text: 'here' });
    expect(await during(start + 2 * hour, 14)).not.toMatch(/removed|idle/);
    expect(await namespaces()).toEqual(all);

    let said = '';
    for (let each = 16; each < 40 && !said.includes('removed'); each += 2.5) {
      const looks = await Promise.all([at(start + each * hour), at(start + each * hour)]);
      said += looks.map(({ stderr }) => stderr).join('');
    }
    expect(said.match(/was removed by itself/g)).toHaveLength(1);
    expect(said).toMatch(/^! idle: its environment was removed by itself, as nobody had used it for \d+ days\./m);
    expect(await namespaces()).toEqual(all.filter((name) => name !== made.get('idle')?.namespace));
    // The worktree is as it was.
    expect(await readFile(join(made.get('idle')?.path ?? '', 'draft.txt'), 'utf8')).toBe('a thought');
    expect(await world.git('branch', '--list', 'idle')).toContain('idle');
    expect(await readdir(join(world.repository, '.git', 'coppice-trash')).catch(() => [])).toEqual([]);
    const again = await world.json<CreatedJson>(['create'], { cwd: made.get('idle')?.path ?? '' });
    expect(again).toMatchObject({ namespace: made.get('idle')?.namespace, ready: true });
  });

  it('go with their worktrees where that is what a person wants, and nothing protects those', async () => {
    const made = new Map<string, CreatedJson>();
    for (const name of ['clean', 'dirty']) made.set(name, await world.json<CreatedJson>(['create', name]));
    const draft = join(made.get('dirty')?.path ?? '', 'draft.txt');
    await writeFile(draft, 'a thought');
    let said = '';
    for (let days = 60; days < 64 && !/dirty: its environment was removed/.test(said); days += 0.5)
      said += await during(days * day, 12, 'worktrees');
    expect(said).toMatch(/^! clean: it was removed by itself, .* Undo Delete brings it back\.$/m);
    expect([existsSync(made.get('clean')?.path ?? ''), await readFile(draft, 'utf8')]).toEqual([false, 'a thought']);
    expect(await world.cli(['undo', 'clean'])).toMatchObject({ code: 0 });
    expect(existsSync(join(made.get('clean')?.path ?? '', 'coppice.yaml'))).toBe(true);
  });
});
