import { existsSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { exec, type ProgramRequest } from '../../../src/adapters/exec/exec';
import { isAbort, isAppError } from '../../../src/core/errors';
import { isAlive, until } from '../../support/until';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-exec-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const env = { PATH: process.env['PATH'] };

function isReaped(pid: number): boolean {
  try {
    return !process.kill(pid, 0);
  } catch {
    return true;
  }
}

function node(script: string, more: Partial<ProgramRequest> = {}): ProgramRequest {
  return { file: process.execPath, argv: ['-e', script], cwd: folder, env, maxOutputBytes: 1_000_000, ...more };
}

describe('exec', () => {
  it('gives both streams and the exit code', async () => {
    const result = await exec(node('console.log("out"); console.error("err"); process.exitCode = 3'));
    expect(result).toEqual({ stdout: 'out\n', stderr: 'err\n', exitCode: 3 });
  });

  it('passes arguments as they are, whatever a shell would make of them', async () => {
    const argv = ['$(id)', 'a;b', '"q"', "'", '*', 'a b', '', '\n', '%PATH%', 'ü'];
    const { stdout } = await exec(node('', { argv: ['-p', 'JSON.stringify(process.argv.slice(1))', '--', ...argv] }));
    expect(JSON.parse(stdout)).toEqual(argv);
  });

  it('writes the input, and gives an empty stdin without one', async () => {
    const cat = 'process.stdin.pipe(process.stdout)';
    expect((await exec(node(cat, { input: 'hello' }))).stdout).toBe('hello');
    expect((await exec(node(cat))).stdout).toBe('');
  });

  it('does not mind a program that ends without reading its input', async () => {
    expect((await exec(node('process.exit(0)', { input: 'x'.repeat(5_000_000) }))).exitCode).toBe(0);
  });

  it('gives the program nothing but the environment it was handed', async () => {
    const { stdout } = await exec(node('console.log(JSON.stringify(process.env))', { env: { ONLY: 'this' } }));
    expect(JSON.parse(stdout)).toEqual({ ONLY: 'this' });
  });

  it('looks a name up on the PATH of that environment', async () => {
    await expect(exec({ ...node(''), file: 'node', env: { PATH: '' } })).rejects.toMatchObject({ code: 'missingTool' });
    expect((await exec({ ...node('console.log(1)'), file: 'node' })).stdout).toBe('1\n');
  });

  it('says which program is missing', async () => {
    const error: unknown = await exec({ ...node(''), file: 'no-such-program-here' }).catch((thrown: unknown) => thrown);
    expect(isAppError(error, 'missingTool') && error.message).toContain('"no-such-program-here"');
    await expect(exec({ ...node(''), file: join(folder, 'nothing') })).rejects.toMatchObject({ code: 'missingTool' });
  });

  it('tells a missing folder from a missing program', async () => {
    await expect(exec(node('', { cwd: join(folder, 'gone') }))).rejects.toMatchObject({ code: 'notFound' });
  });

  it('runs what needs no certain folder where that of this process is gone, as an editor’s that was started in a worktree', async () => {
    const { file, argv, maxOutputBytes } = node('console.log(1)');
    const own = vi.spyOn(process, 'cwd').mockReturnValue(join(folder, 'gone'));
    try {
      expect((await exec({ file, argv, env, maxOutputBytes })).stdout).toBe('1\n');
      own.mockImplementation(() => {
        throw Object.assign(new Error('uv_cwd'), { code: 'ENOENT' });
      });
      expect((await exec({ file, argv, env, maxOutputBytes })).stdout).toBe('1\n');
    } finally {
      own.mockRestore();
    }
  });

  it.skipIf(process.platform === 'win32')('says that a file may not be run', async () => {
    const file = join(folder, 'plain');
    await writeFile(file, 'text', { mode: 0o644 });
    await expect(exec({ ...node(''), file })).rejects.toMatchObject({ code: 'denied' });
  });

  it('gives lines as they come, whole, from both streams, the last one without an end too', async () => {
    const lines: string[] = [];
    const script =
      'process.stdout.write("a\\nb\\r\\nä"); setTimeout(() => { process.stdout.write("c"); console.error("d") }, 5)';
    await exec(node(script, { onLine: (line, stream) => lines.push(`${stream}:${line}`) }));
    expect(lines.filter((line) => line.startsWith('stdout'))).toEqual(['stdout:a', 'stdout:b', 'stdout:äc']);
    expect(lines).toContain('stderr:d');
  });

  it('shows no secret in lines and stderr', async () => {
    const lines: string[] = [];
    const script = 'console.log("a hunter2 b"); console.error("c hunter2")';
    const { stderr } = await exec(node(script, { redact: ['hunter2', ''], onLine: (line) => lines.push(line) }));
    expect(stderr).toBe('c ***\n');
    expect(lines.sort()).toEqual(['a *** b', 'c ***']);
  });

  it('has no argument and no variable in a message', async () => {
    const secret = 'hunter2';
    const requests: ProgramRequest[] = [
      { ...node(secret), file: 'no-such-program', env: { ...env, TOKEN: secret } },
      node('setInterval(() => {}, 1000)', {
        timeoutMs: 50,
        env: { ...env, TOKEN: secret },
        argv: ['-e', 'setInterval(() => {}, 9)', secret],
      }),
      node('', { argv: [`${secret}\0`] }),
    ];
    for (const request of requests) {
      const error: unknown = await exec(request).catch((thrown: unknown) => thrown);
      expect(isAppError(error)).toBe(true);
      expect(String(error) + JSON.stringify(error)).not.toContain(secret);
    }
  });

  it('ends a program that prints too much, or keeps the end of it', async () => {
    const script = 'process.stdout.write("x".repeat(300_000) + "END")';
    await expect(exec(node(script, { maxOutputBytes: 1000 }))).rejects.toMatchObject({ code: 'failed' });
    const { stdout } = await exec(node(script, { maxOutputBytes: 1000, onOverflow: 'keepEnd' }));
    expect(stdout).toBe('x'.repeat(997) + 'END');
  });

  const family = `
    const { spawn } = require('node:child_process');
    const { writeFileSync } = require('node:fs');
    process.on('SIGTERM', () => {});
    const child = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)'], { stdio: 'inherit' });
    writeFileSync('pids', process.pid + ' ' + child.pid + ' .');
    setInterval(() => {}, 1000);`;
  const pids = async (): Promise<number[]> => {
    const text = await until(async () =>
      (await readFile(join(folder, 'pids'), 'utf8').catch(() => '')).match(/^(\d+) (\d+) \.$/),
    );
    return [Number(text[1]), Number(text[2])];
  };

  it('ends the whole family when aborted, though it will not go', async () => {
    const controller = new AbortController();
    const running = exec(node(family), controller.signal).catch((thrown: unknown) => thrown);
    const family2 = await pids();
    controller.abort();
    expect(isAbort(await running)).toBe(true);
    await until(() => family2.every((pid) => !isAlive(pid)));
  });

  it('ends the whole family at the timeout', async () => {
    const running = exec(node(family, { timeoutMs: 1500 })).catch((thrown: unknown) => thrown);
    const family2 = await pids();
    expect(await running).toMatchObject({ code: 'timeout' });
    await until(() => family2.every((pid) => !isAlive(pid)));
  });

  it('starts nothing for a signal that is aborted already', async () => {
    const script = 'require("node:fs").writeFileSync("started", "")';
    await expect(exec(node(script), AbortSignal.abort())).rejects.toSatisfy(isAbort);
    await expect(readFile(join(folder, 'started'))).rejects.toThrow();
  });

  it('ends at the timeout though a grandchild of another session holds its pipes and goes on printing', async () => {
    const script = `
      const chatter = 'require("node:fs").writeFileSync("left", String(process.pid)); setInterval(() => console.log("still here"), 20)';
      require('node:child_process').spawn(process.execPath, ['-e', chatter], { stdio: 'inherit', detached: true });
      setInterval(() => {}, 1000);`;
    const running = exec(node(script, { timeoutMs: 1000 })).catch((thrown: unknown) => thrown);
    const left = Number(await until(() => readFile(join(folder, 'left'), 'utf8').catch(() => '')));
    expect(await running).toMatchObject({ code: 'timeout' });
    process.kill(left, 'SIGKILL');
  });

  it('does not wait for what goes on printing on its pipes', async () => {
    const script = `
      const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => console.log("more"), 20)'], { stdio: 'inherit' });
      require('node:fs').writeFileSync('left', String(child.pid)); child.unref();`;
    const { exitCode } = await exec(node(script));
    expect(exitCode).toBe(0);
    process.kill(Number(await readFile(join(folder, 'left'), 'utf8')), 'SIGKILL');
  });

  it('reads what was printed while this process stood still', async () => {
    const grandchild = `
      const { existsSync, writeFileSync } = require('node:fs');
      const look = setInterval(() => {
        if (!existsSync('go')) return;
        clearInterval(look);
        console.log('late');
        writeFileSync('said', '');
      }, 10);`;
    const script = `
      require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}], { stdio: 'inherit' }).unref();
      console.log(process.pid);`;
    let pid = 0;
    const running = exec(node(script, { onLine: (line) => (pid ||= Number(line)) }));
    await until(() => pid > 0 && isReaped(pid));
    // Its end is known to this process, and its silence is over before anything can be read: timers come next.
    await new Promise((resolve) => setImmediate(resolve));
    const begin = performance.now();
    writeFileSync(join(folder, 'go'), '');
    while (performance.now() - begin < 1100 || !existsSync(join(folder, 'said')))
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    expect((await running).stdout).toBe(`${pid}\nlate\n`);
  });

  it('does not wait for what the program left running on its pipes', async () => {
    const script = `
      const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      console.log(child.pid); child.unref();`;
    const { stdout, exitCode } = await exec(node(script));
    const left = Number(stdout);
    expect(exitCode).toBe(0);
    expect(isAlive(left)).toBe(true);
    process.kill(left, 'SIGKILL');
  });
});
