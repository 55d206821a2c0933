import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cliMachine } from '../../support/cliMachine';
import { installFakeK3d, type FakeK3d } from '../../support/fakeK3d';
import { StubApiServer } from '../../support/stubApiServer';
import { cliProgram, type CliResult } from './cliWorld';

const run = promisify(execFile);
const traefik = { metadata: { name: 'traefik', namespace: 'kube-system' } };

/** The built CLI with a `k3d` that answers as k3d does, and a server that answers as its API. */
describe.skipIf(process.platform === 'win32')('coppice cluster', () => {
  let folder: string;
  let repository: string;
  let fake: FakeK3d;
  let api: StubApiServer;
  let env: Record<string, string | undefined>;

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'coppice-cli-k3d-')));
    repository = join(folder, 'code', 'repo');
    api = new StubApiServer();
    await api.start();
    api.put('/api/v1/nodes', { metadata: { name: 'n' }, status: { conditions: [{ type: 'Ready', status: 'True' }] } });
    api.put('/apis/apps/v1/namespaces/kube-system/deployments', {
      ...traefik,
      status: { conditions: [{ type: 'Available', status: 'True' }] },
    });
    api.put('/api/v1/namespaces/kube-system/services', {
      ...traefik,
      status: { loadBalancer: { ingress: [{ ip: '172.18.0.3' }] } },
    });
    fake = await installFakeK3d(folder, api.url);
    const git = dirname((await cliMachine.findProgram('git', process.env)) ?? '');
    env = {
      PATH: [fake.env['PATH'], git].join(delimiter),
      HOME: fake.env['HOME'],
      COPPICE_HOME: join(folder, 'home'),
      GIT_CONFIG_NOSYSTEM: '1',
    };
    await mkdir(repository, { recursive: true });
    await writeFile(join(repository, 'readme'), 'hello\n');
    const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
    await run('git', ['init', '--quiet', '--initial-branch=main'], { cwd: repository, env });
    await run('git', ['add', '.'], { cwd: repository, env });
    await run('git', [...identity, 'commit', '--quiet', '-m', 'first'], { cwd: repository, env });
  });
  afterEach(async () => {
    await api.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const cli = async (...argv: string[]): Promise<CliResult> => {
    try {
      const { stdout, stderr } = await run(process.execPath, [cliProgram, ...argv], { cwd: repository, env });
      return { code: 0, stdout, stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, stdout, stderr };
    }
  };
  const json = async (...argv: string[]): Promise<unknown> => JSON.parse((await cli(...argv, '--json')).stdout);

  it('sets one up, chooses it, stops, starts and deletes it, and leaves the kubeconfig of the user alone', async () => {
    const hash = async (): Promise<string> =>
      createHash('sha256')
        .update(await readFile(fake.userKubeconfig))
        .digest('hex');
    const before = await hash();
    const made = (await json('cluster', 'setup', '--port', '18099')) as { kubeconfig: string };
    expect(made).toMatchObject({
      name: 'coppice',
      context: 'k3d-coppice',
      server: api.url,
      port: 18099,
      found: false,
      kubeconfig: join(folder, 'home', 'k3d', 'coppice.kubeconfig'),
    });
    expect(await json('cluster', 'status')).toMatchObject({
      running: true,
      kind: 'k3d',
      server: api.url,
      gatewayPort: 18099,
    });
    expect(await json('cluster', 'status', 'embedded')).toMatchObject({ running: false, kind: 'embedded' });
    expect(await json('cluster', 'stop')).toEqual({ cluster: true, databases: false });
    expect(await fake.clusters()).toMatchObject([{ running: false }]);
    expect((await cli('cluster', 'start', 'coppice')).stdout).toBe(
      `The cluster runs at ${api.url}, its URLs at port 18099.\n`,
    );
    expect(await fake.clusters()).toMatchObject([{ running: true }]);
    expect(await json('cluster', 'delete', 'coppice')).toEqual({ name: 'coppice', environments: [], others: [] });
    expect(await fake.clusters()).toEqual([]);
    // Without it the repository uses what it used before.
    expect(await json('cluster', 'status')).toMatchObject({ kind: 'embedded' });
    expect(await hash()).toBe(before);
  });

  it('tells its steps, and the end of them', async () => {
    const { code, stdout, stderr } = await cli('cluster', 'setup', '--name', 'mine', '--port', '18098');
    expect({ code, stderr: stderr.replace(/ \(.*? s\)/g, '') }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/^✓ 1\/7 Look for k3d and Docker\n[^]*✓ 7\/7 Choose it for repo\n$/),
    });
    expect(stdout).toMatch(/run in the cluster mine from now on: URLs at port 18098, registry at localhost:\d+\.\n$/);
  });

  it('refuses to lose environments that were not accepted by name', async () => {
    await cli('cluster', 'setup');
    const labels = { 'coppice.dev/repository': 'another', 'coppice.dev/worktree': 'w' };
    api.put('/api/v1/namespaces', { metadata: { name: 'worktree-theirs', labels } as never });
    const refused = await cli('cluster', 'delete', 'coppice');
    expect(refused).toMatchObject({ code: 9, stdout: '' });
    expect(refused.stderr).toContain('also of other repositories: worktree-theirs.');
    expect(refused.stderr).toContain('--discard others');
    expect((await cli('cluster', 'delete', 'coppice', '--discard', 'environments')).code).toBe(9);
    expect(await fake.clusters()).toHaveLength(1);
    expect((await cli('cluster', 'delete', 'coppice', '--discard', 'others')).code).toBe(0);
    expect(await fake.clusters()).toEqual([]);
  });

  it('says what is missing, what is wrong, and what it does not know', async () => {
    await fake.behave({ dockerAway: true });
    expect(await cli('cluster', 'setup')).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/^✗ Look for k3d and Docker.*\nDocker does not answer: start it/),
    });
    await rm(join(folder, 'bin', 'k3d'));
    const missing = await cli('cluster', 'setup');
    expect(missing).toMatchObject({ code: 4, stderr: expect.stringContaining('https://k3d.io') });
    expect(await cli('cluster', 'setup', '--name', 'A')).toMatchObject({ code: 2 });
    expect(await cli('cluster', 'setup', '--port', '0')).toMatchObject({ code: 2 });
    expect(await cli('cluster', 'delete', 'theirs')).toMatchObject({ code: 8 });
    expect(await cli('cluster', 'start', 'theirs')).toMatchObject({
      code: 8,
      stderr: 'There is no cluster "theirs". There are: embedded.\n',
    });
  });
});
