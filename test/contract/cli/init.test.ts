import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CreatedJson } from './cliJson';
import { CliWorld } from './cliWorld';

const run = promisify(execFile);

/** As somebody has it who never heard of Coppice: a server, its database, and a file of variables that git ignores. */
const files: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({ name: 'guestbook', scripts: { start: 'node server.js' } }),
  'server.js': `require('node:http')
    .createServer((_, answer) => answer.end('hello from ' + process.env.WORKTREE_NAME + ' ' + process.env.GREETING))
    .listen(process.env.PORT || 4000);`,
  'compose.yaml': `services:
  web:
    build: .
    command: node server.js
    ports: ["4000:4000"]
    environment: { GREETING: "a $$ and a \${WORD:-word}" }
    networks: [front]
networks: { front: {} }
`,
  Dockerfile: 'FROM node:24\nCOPY . .\n',
  '.gitignore': '.env\n',
  '.env': 'SITE=http://localhost:4000/home\nHOOK=http://localhost:4000/hook?token=canary-1\n',
};

describe('a repository that nobody prepared', { timeout: 240_000 }, () => {
  let world: CliWorld;
  let folder: string;
  const git = (...args: string[]) => run('git', args, { cwd: folder, env: world.env });
  const worktreeOf = async (branch: string): Promise<string> => {
    const { stdout } = await git('worktree', 'list', '--porcelain');
    const entry = stdout.split('\n\n').find((each) => each.includes(`branch refs/heads/${branch}`));
    return /^worktree (.*)$/m.exec(entry ?? '')?.[1] ?? '';
  };

  beforeAll(async () => {
    world = await CliWorld.create();
    folder = join(world.folder, 'guestbook');
    await mkdir(folder);
    for (const [path, text] of Object.entries(files)) await writeFile(join(folder, path), text);
    await git('init', '--quiet', '--initial-branch=main');
    await git('add', '--all');
    await git('commit', '--quiet', '-m', 'first');
  });
  afterAll(() => world.dispose());

  it('is told what would be written, and is left as it is', async () => {
    const { code, stdout, stderr } = await world.cli(['init', '--dry-run'], { cwd: folder });
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('Nothing was written.') });
    expect(stdout).toContain('command: npm run start\n');
    expect(stdout).toContain('# - compose.yaml (services.web.networks): each environment has a network of its own');
    expect(stderr).toContain('  compose.yaml (services.web.networks): each environment has a network of its own');
    expect(stdout).toMatch(/^ +SITE: \$\(COPPICE_URL\)\/home$/m);
    expect(stdout).not.toContain('canary');
    expect(existsSync(join(folder, 'coppice.yaml'))).toBe(false);
  });

  it('is green in its first environment by two commands, and answers with what its compose file says', async () => {
    const { code, stdout } = await world.cli(['init', '--yes'], { cwd: folder });
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('coppice.yaml is written') });
    const created = await world.json<CreatedJson>(['create'], { cwd: folder });
    expect(created).toMatchObject({ ready: true, services: [{ name: 'web', ready: 1 }] });
    const answer = await world.fetch(`http://main.localhost:${world.gatewayPort}/`);
    expect(answer.text).toBe('hello from main a $ and a word');
  });

  it('needs nothing more for the second worktree', async () => {
    await git('add', 'coppice.yaml');
    await git('commit', '--quiet', '-m', 'second');
    expect(await world.json<CreatedJson>(['create', 'feature'], { cwd: folder })).toMatchObject({ ready: true });
    const answer = await world.fetch(`http://feature.localhost:${world.gatewayPort}/`);
    expect(answer.text).toContain('hello from feature');
    // What git ignores came along, with the address of this environment at its end.
    const copied = await readFile(join(await worktreeOf('feature'), '.env'), 'utf8');
    expect(copied).toContain(files['.env']);
    expect(copied).toMatch(new RegExp(`^SITE=["']?http://feature\\.localhost:${world.gatewayPort}/home["']?$`, 'm'));
  });

  it('keeps the coppice.yaml that is there, until it is told to replace it', async () => {
    const file = join(folder, 'coppice.yaml');
    await writeFile(file, 'version: 1 # mine\n');
    const refused = await world.cli(['init', '--yes'], { cwd: folder });
    expect(refused).toMatchObject({ code: 9, stdout: '' });
    expect(refused.stderr).toContain('coppice.yaml is there already');
    expect(await readFile(file, 'utf8')).toBe('version: 1 # mine\n');
    const replaced = await world.json<{ written: boolean }>(['init', '--force'], { cwd: folder });
    expect(replaced).toMatchObject({ written: true, isKnown: true, file: 'coppice.yaml' });
    expect(await readFile(file, 'utf8')).toContain('npm run start');
  });

  it('makes nothing of a compose file that Compose does not read, and says which key it is', async () => {
    await writeFile(join(folder, 'compose.yaml'), 'services: {web: {image: x, portz: [1]}}\n');
    const { code, stdout, stderr } = await world.cli(['init', '--force'], { cwd: folder });
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: 'compose.yaml: services.web has no key "portz" in a compose file: did you mean "ports"?\n',
    });
    expect(await readFile(join(folder, 'coppice.yaml'), 'utf8')).toContain('npm run start');
  });
});
