import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HostCommands } from '../../../src/adapters/exec/hostCommands';
import { secretsOf } from '../../../src/core/variables/secretsOf';
import type { AppError } from '../../../src/core/errors';

let folder = '';
let logs = '';
let commands: HostCommands;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'coppice-commands-'));
  logs = path.join(folder, 'logs', 'commands');
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1', GIT_DIR: '/elsewhere', MINE: 'kept' };
  commands = new HostCommands(env, logs);
});
afterAll(() => rm(folder, { recursive: true, force: true }));
const options = { cwd: tmpdir(), env: { DATABASE_URL: 'postgres://wt:p%40ss@localhost/wt' } };

describe('HostCommands', () => {
  it('runs with the inherited environment beneath its own', async () => {
    const lines: string[] = [];
    const script =
      'console.log(process.env.MINE, process.env.ELECTRON_RUN_AS_NODE, process.env.GIT_DIR, typeof process.env.DATABASE_URL)';
    await commands.run(['node', '-e', script], { ...options, onLine: (line) => lines.push(line) });
    expect(lines).toEqual(['kept undefined undefined string']);
  });

  it('takes nothing of the caller that only Coppice says: another database, another worktree', async () => {
    const theirs = {
      DATABASE_URL: 'postgres://prod',
      Database_Name: 'y',
      Worktree_Name: 'x',
      PORT: '1',
      COPPICE_URL_WEB: '1',
      REDIS_URL: 'redis://theirs',
      MYSQL_PASSWORD: 'x',
      MONGODB_URI: 'x',
      CACHE_URL: 'redis://theirs',
      COPPICE_USES_NAMES: 'CACHE_URL REDIS_URL',
    };
    const called = new HostCommands({ ...process.env, ...theirs, COPPICE_HOME: '/kept' }, logs);
    const lines: string[] = [];
    const script = `console.log(JSON.stringify([${[...Object.keys(theirs), 'COPPICE_HOME', 'MINE'].map((name) => `process.env.${name} ?? '-'`).join()}]))`;
    await called.run(['node', '-e', script], { cwd: tmpdir(), env: { MINE: '' }, onLine: (line) => lines.push(line) });
    expect(lines).toEqual([JSON.stringify([...Object.keys(theirs).map(() => '-'), '/kept', ''])]);
  });

  it('fails with the exit code and the last line, without the password in it', async () => {
    const script = 'console.log("first"); console.log("no: " + process.env.DATABASE_URL + " p@ss"); process.exit(4)';
    await expect(commands.run(['node', '-e', script], options)).rejects.toMatchObject({
      code: 'failed',
      message: '"node" ended with exit code 4: no: postgres://wt:***@localhost/wt ***',
    });
  });

  it('fails where a tool is known to have failed, though it ends with exit code 0', async () => {
    const script = (last: string): string => `console.log('> drizzle-kit push'); console.log(${JSON.stringify(last)})`;
    await expect(
      commands.run(['node', '-e', script('error: relation "x" does not exist')], options),
    ).rejects.toMatchObject({
      code: 'failed',
      message: '"node" failed, though it ended with exit code 0: error: relation "x" does not exist',
    });
    await expect(commands.run(['node', '-e', script('[✓] Changes applied')], options)).resolves.toBeUndefined();
  });

  it('says what went wrong of a long output, and keeps its last 100 lines without secrets', async () => {
    // In one piece: what Node could not write yet when it throws is lost, and many small pieces fill what nobody reads yet (findings/node-throws-away-what-a-slow-reader-left.sh).
    const script = `const rows = Array.from({ length: 250 }, (_, i) => 'row ' + (i + 1));
      console.log([...rows, process.env.DATABASE_URL].join('\\n')); throw new Error('no such table')`;
    const failure: unknown = await commands.run(['node', '-e', script], options).catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: '"node" ended with exit code 1: Error: no such table' });
    const file = /^The last lines that it printed: (.+\.log)$/.exec(
      String(Reflect.get(failure as Error, 'explanation')),
    )?.[1];
    expect(failure).toMatchObject({ remedy: { action: { kind: 'openFile', path: file } } });
    expect(path.dirname(file ?? '')).toBe(logs);
    const kept = await readFile(file ?? '', 'utf8');
    expect(kept.trimEnd().split('\n')).toHaveLength(100);
    expect(kept).toContain('row 250\npostgres://wt:***@localhost/wt\n');
    expect(kept).toMatch(/Node\.js v.*\n$/);
  });

  it('keeps the logs of the last 20 failures, and nothing else goes', async () => {
    await writeFile(path.join(logs, 'notes.txt'), '');
    for (let i = 0; i < 25; i++) await writeFile(path.join(logs, `2020-01-01T00-00-${10 + i}-1-old.log`), '');
    await expect(commands.run(['node', '-e', 'console.log("x"); process.exit(1)'], options)).rejects.toThrow();
    const files = await readdir(logs);
    expect(files).toContain('notes.txt');
    expect(files.filter((file) => file.endsWith('.log'))).toHaveLength(20);
  });

  it('a log that cannot be written does not hide the failure', async () => {
    const blocked = new HostCommands(process.env, path.join(folder, 'file', 'logs'));
    await writeFile(path.join(folder, 'file'), '');
    const failure: unknown = await blocked
      .run(['node', '-e', 'console.log("no table"); process.exit(2)'], options)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: '"node" ended with exit code 2: no table', explanation: undefined });
  });

  it('keeps a whole output where that is asked for, how it ended and without secrets', async () => {
    const script = `for (let i = 1; i <= 250; i++) console.log('row ' + i); console.log(process.env.DATABASE_URL)`;
    const file = await commands.run(['node', '-e', script], { ...options, keepAs: 'setup-0-x' });
    expect(path.dirname(file ?? '')).toBe(path.join(folder, 'logs', 'setup'));
    expect(path.basename(file ?? '')).toMatch(/-setup-0-x\.log$/);
    const kept = (await readFile(file ?? '', 'utf8')).trimEnd().split('\n');
    expect(kept[0]).toBe(`$ node -e ${script.split('\n')[0]}`);
    expect(kept.slice(1)).toEqual([
      ...Array.from({ length: 250 }, (_, index) => `row ${index + 1}`),
      'postgres://wt:***@localhost/wt',
      '[exit code 0]',
    ]);
  });

  it('tells what npm says is wrong, and not the many lines of how its command is used', async () => {
    const said = ['npm error code EUSAGE', 'npm error', 'npm error Missing: a@1.0.0 from lock file', 'npm error'];
    const usage = ['Clean install a project', '', 'Usage:', 'npm ci', ...Array<string>(40).fill('  --option')];
    const script = `console.error(${JSON.stringify([...said, ...usage.map((line) => `npm error ${line}`.trim())].join('\n'))}); process.exit(1)`;
    const failed: unknown = await commands
      .run(['node', '-e', script], { ...options, keepAs: 'npm', timeoutMs: 60_000 })
      .catch((error: unknown) => error);
    expect((failed as AppError).explanation).toMatch(
      /^npm error code EUSAGE\nnpm error Missing: a@1\.0\.0 from lock file\nAll that it printed: /,
    );
  });

  it('tells the last lines and where the whole output is, of what fails and of what takes too long', async () => {
    const failing = `for (let i = 1; i <= 50; i++) console.log('row ' + i); console.error('Error: no schema'); process.exit(3)`;
    const hanging = `console.log('begun'); setInterval(() => {}, 1000)`;
    const of = async (script: string, timeoutMs: number) =>
      commands.run(['node', '-e', script], { ...options, keepAs: 'y', timeoutMs }).catch((error: unknown) => error);
    const failed = (await of(failing, 60_000)) as AppError;
    expect(failed).toMatchObject({ code: 'failed', message: '"node" ended with exit code 3: Error: no schema' });
    expect(failed.explanation).toMatch(/^row 42\n[^]*\nError: no schema\nAll that it printed: .*setup.*-y\.log$/);
    const ended = (await of(hanging, 1000)) as AppError;
    expect(ended).toMatchObject({ code: 'timeout', remedy: { title: 'Open the Log' } });
    const file = /All that it printed: (.*)$/.exec(ended.explanation ?? '')?.[1];
    expect(await readFile(file ?? '', 'utf8')).toMatch(
      /\nbegun\n\["node" did not end within 1 s and was stopped\.\]\n$/,
    );
  });

  it('runs a command all the same where no log can be written', async () => {
    await writeFile(path.join(folder, 'blocked'), '');
    const blocked = new HostCommands(process.env, path.join(folder, 'blocked', 'commands'));
    expect(await blocked.run(['node', '-e', ''], { ...options, keepAs: 'z' })).toBeUndefined();
    await expect(
      blocked.run(['node', '-e', 'console.log("no"); process.exit(2)'], { ...options, keepAs: 'z' }),
    ).rejects.toThrow('"node" ended with exit code 2: no');
  });

  it('refuses an empty command', async () => {
    await expect(commands.run([], options)).rejects.toMatchObject({ code: 'invalidInput' });
  });

  it('knows which values are secrets', () => {
    expect(secretsOf({ A_TOKEN: 'abcd', PATH: '/usr/bin', URL: 'http://host/a:b@c', X: 'redis://:pw@h' })).toEqual([
      'abcd',
      'pw',
    ]);
  });
});
