import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../support/until';
import { CliWorld, messageLines } from './cliWorld';

describe('what is done with services, from a terminal', { timeout: 60_000 }, () => {
  let world: CliWorld;
  const node = process.execPath;

  beforeAll(async () => {
    world = await CliWorld.create();
    await world.json(['create', 'main']);
  }, 60_000);
  afterAll(() => world.dispose());

  it('are compared with what coppice.yaml says, before an update: by what Helm was given, and nothing is done', async () => {
    const file = join(world.repository, 'coppice.yaml');
    const planned = async () => (await world.cli(['create', '--dry-run'])).stdout;
    expect(await planned()).toContain('\n\nUp to date: what runs is what coppice.yaml says.\n\nNothing was done.');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('worker: {', 'worker: {replicas: 2, env: {API_TOKEN: first}, '));
    expect(await planned()).toContain('\n\nAn update would change:\n  worker: replicas 1 -> 2; API_TOKEN new\n\n');
    const details = ['replicas 1 -> 2', 'API_TOKEN new'];
    expect(await world.json(['create', '--dry-run'])).toMatchObject({
      changes: [{ of: 'service', name: 'worker', kind: 'changed', details }],
    });
    await writeFile(file, text);
  });

  describe('exec', () => {
    it("is the program's own output and exit code, its options included", async () => {
      const script = 'console.log(JSON.stringify(process.argv.slice(1))); console.error("err"); process.exit(7)';
      const result = await world.cli([
        'exec',
        'backend',
        '--',
        node,
        '-e',
        script,
        '--',
        '--json',
        '-i',
        '--help',
        'a b',
      ]);
      expect(result).toEqual({ code: 7, stdout: '["--json","-i","--help","a b"]\n', stderr: 'err\n' });
      expect(await world.cli(['exec', 'backend', 'main', '--', node, '-p', 'process.env.WORKTREE_NAME'])).toEqual({
        ...{ code: 0, stdout: 'main\n', stderr: '' },
      });
    });

    it('gets the standard input only when it is to', async () => {
      const script =
        'let all = ""; process.stdin.on("data", (d) => (all += d)).on("end", () => console.log(all.length))';
      const piped = async (args: string[]): Promise<string> => {
        const running = world.startPiped(['exec', ...args, 'backend', '--', node, '-e', script]);
        running.child.stdin?.end('x'.repeat(300_000));
        const { stdout, code } = await running.done;
        expect(code).toBe(0);
        return stdout;
      };
      expect(await piped(['-i'])).toBe('300000\n');
      expect(await piped([])).toBe('0\n');
    });

    it('without a program is a shell', async () => {
      const running = world.startPiped(['exec', '-i', 'backend']);
      running.child.stdin?.end('echo "in $WORKTREE_NAME"; exit 5\n');
      const { code, stdout, stderr } = await running.done;
      expect({ code, stdout, stderr }).toMatchObject({ code: 5, stdout: expect.stringContaining('in main\n') });
    });

    it('ends on Ctrl-C', async () => {
      const running = world.start([
        'exec',
        'backend',
        '--',
        node,
        '-e',
        'console.log("on"); setInterval(() => {}, 999)',
      ]);
      await until(() => running.stdout() === 'on\n', 20_000);
      running.child.kill('SIGINT');
      expect(await running.done).toMatchObject({ code: 130, stderr: '' });
    });

    it.each([
      [['exec', 'nothing', '--', 'id'], 8, /^There is no service "nothing"\. There are: frontend, backend, worker\.$/],
      [['exec', 'backend', '--', 'no-such-program'], 1, /^The program "no-such-program" could not be run/],
    ])('%j fails with %i', async (args, code, message) => {
      const result = await world.cli(args);
      expect(result.code).toBe(code);
      expect(messageLines(result.stderr)).toEqual([expect.stringMatching(message)]);
    });
  });

  it('forward leads a port of this machine to a service, until Ctrl-C', async () => {
    const running = world.start(['forward', 'backend', '--json']);
    const told = JSON.parse(await until(() => /^.*\n/.exec(running.stdout())?.[0], 20_000)) as Record<string, unknown>;
    const { localPort } = told;
    expect(told).toEqual({
      ...{ namespace: 'worktree-main', service: 'backend', port: 8000 },
      ...{ localPort, address: `127.0.0.1:${String(localPort)}` },
    });
    expect(await get(Number(localPort))).toBe(200);
    running.child.kill('SIGINT');
    expect((await running.done).code).toBe(130);
    await expect(get(Number(localPort))).rejects.toMatchObject({ code: 'ECONNREFUSED' });

    const named = world.start(['forward', 'backend', `${String(localPort)}:8000`]);
    await until(() => named.stdout() !== '', 20_000);
    expect(named.stdout()).toBe(
      `127.0.0.1:${String(localPort)} leads to port 8000 of backend in worktree-main. Ctrl-C ends it.\n`,
    );
    const taken = await world.cli(['forward', 'backend', `${String(localPort)}:8000`]);
    expect(taken).toMatchObject({ code: 2, stderr: `The local port ${String(localPort)} is taken.\n` });
    named.child.kill('SIGINT');
    await named.done;
    expect(await world.cli(['forward', 'worker'])).toMatchObject({ code: 2 });
    expect(await world.cli(['forward', 'backend', '99999'])).toMatchObject({ code: 2 });
  });

  it('describe tells what there is and what happened', async () => {
    const { code, stdout } = await world.cli(['describe', 'backend']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Service: +backend\nNamespace: +worktree-main\n\nDeployment backend\n/);
    expect(stdout).toMatch(/DATABASE_URL: +<key DATABASE_URL of secret /);
    const told = await world.json<Record<string, string>>(['describe', 'backend']);
    expect(Object.keys(told)).toEqual(['namespace', 'service', 'description']);
    expect(told['description']).toContain('Deployment backend\n');
    expect((await world.cli(['describe', 'nothing'])).code).toBe(8);
  });

  it('scale says how many pods there are from now on', async () => {
    const count = async (): Promise<number> =>
      (
        await world.json<{ environment: { services: { name: string; ready: number }[] } }>(['status'])
      ).environment.services.find(({ name }) => name === 'worker')?.ready ?? -1;
    expect(await world.json(['scale', 'worker', '2'])).toMatchObject({
      namespace: 'worktree-main',
      service: 'worker',
      replicas: 2,
      ready: true,
      verdict: 'ready',
      services: [{ name: 'worker', ready: 2, verdict: 'ready' }],
    });
    expect(await count()).toBe(2);
    expect(await world.cli(['scale', 'worker', '0'])).toEqual({
      ...{ code: 0, stdout: 'worker of worktree-main has 0 pods now.\n', stderr: '' },
    });
    await until(async () => (await count()) === 0, 20_000);
    for (const pods of ['-1', 'two', '1.5', ''])
      expect((await world.cli(['scale', 'worker', '--', pods])).code).toBe(2);
  });

  it('logs --previous tells the last words of the run before', async () => {
    expect(await world.cli(['logs', 'backend', '--previous'])).toMatchObject({ code: 0, stdout: '' });
    const before = await world.cli(['logs', 'backend']);
    const { text } = await world.fetch(`http://main.localhost:${world.gatewayPort}/api/worktree`);
    process.kill((JSON.parse(text) as { pid: number }).pid, 'SIGKILL');
    const previous = await until(async () => {
      const { stdout } = await world.cli(['logs', 'backend', '--previous']);
      return stdout === '' ? undefined : stdout;
    }, 20_000);
    expect(previous.startsWith(before.stdout)).toBe(true);
    expect(before.stdout).not.toBe('');
  });
});

function get(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path: '/healthz', agent: false }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
    });
    call.once('error', reject);
    call.end();
  });
}
