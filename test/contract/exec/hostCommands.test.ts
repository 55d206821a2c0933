import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HostCommands, secretsOf } from '../../../src/adapters/exec/hostCommands';

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

  it('fails with the exit code and the last line, without the password in it', async () => {
    const script = 'console.log("first"); console.log("no: " + process.env.DATABASE_URL + " p@ss"); process.exit(4)';
    await expect(commands.run(['node', '-e', script], options)).rejects.toMatchObject({
      code: 'failed',
      message: '"node" ended with exit code 4: no: postgres://wt:***@localhost/wt ***',
    });
  });

  it('says what went wrong of a long output, and keeps its last 100 lines without secrets', async () => {
    const script = `for (let i = 1; i <= 250; i++) console.log('row ' + i);
      console.log(process.env.DATABASE_URL); throw new Error('no such table')`;
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
