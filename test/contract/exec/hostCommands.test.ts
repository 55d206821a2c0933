import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { HostCommands, secretsOf } from '../../../src/adapters/exec/hostCommands';

const commands = new HostCommands({ ...process.env, ELECTRON_RUN_AS_NODE: '1', GIT_DIR: '/elsewhere', MINE: 'kept' });
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
