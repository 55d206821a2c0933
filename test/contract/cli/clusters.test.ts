import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CliWorld, messageLines } from './cliWorld';

let world: CliWorld;
beforeAll(async () => {
  world = await CliWorld.create();
});
afterAll(() => world.dispose());

/** Where the CLI looks by itself: the home folder is the test's. */
const kubeconfig = (): string => join(world.folder, '.kube', 'config');
const digest = async (): Promise<string> =>
  createHash('sha256')
    .update(await readFile(kubeconfig()))
    .digest('hex');

async function writeKubeconfig(): Promise<void> {
  const contexts = { 'kind-a': 'https://127.0.0.1:1', 'team-prod': 'https://10.255.255.1' };
  const config = {
    clusters: Object.entries(contexts).map(([name, server]) => ({ name, cluster: { server } })),
    users: [{ name: 'me', user: { token: 'secret' } }],
    contexts: Object.keys(contexts).map((name) => ({ name, context: { cluster: name, user: 'me' } })),
    'current-context': 'team-prod',
  };
  await mkdir(join(world.folder, '.kube'), { recursive: true });
  await writeFile(kubeconfig(), JSON.stringify(config));
}

async function refused(args: readonly string[], code: number, line: RegExp): Promise<void> {
  const { code: exitCode, stdout, stderr } = await world.cli(args);
  expect(messageLines(stderr)).toEqual([expect.stringMatching(line)]);
  expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' });
}

describe('coppice cluster contexts and choose', () => {
  it('offer the embedded cluster where there is no kubeconfig, and say so', async () => {
    const { code, stdout, stderr } = await world.cli(['cluster', 'contexts']);
    expect({ code, rows: stdout.trim().split('\n').length }).toEqual({ code: 0, rows: 2 });
    expect(stdout).toMatch(/^\* +embedded/m);
    expect(stderr).toContain(`There is no kubeconfig at ${kubeconfig()}`);
    await refused(['cluster', 'choose', 'kind-a'], 3, /^There is no kubeconfig at /);
  });

  it('choose a context for this repository, and never write the kubeconfig', async () => {
    await writeKubeconfig();
    const before = await digest();
    await refused(['cluster', 'choose', 'team-prod'], 7, /coppice\.cluster\.allowedContexts/);
    await refused(['cluster', 'choose', 'nothing'], 8, /^There is no cluster "nothing" to choose\./);
    const env = { COPPICE_CLUSTER_ALLOWED_CONTEXTS: 'team-prod' };
    const untyped = await world.cli(['cluster', 'choose', 'team-prod'], { env });
    expect(untyped).toMatchObject({ code: 9, stderr: expect.stringContaining('--confirm team-prod') as unknown });
    const typed = await world.cli(['cluster', 'choose', 'team-prod', '--confirm', 'team-prod', '--json'], { env });
    expect(JSON.parse(typed.stdout)).toEqual({
      cluster: { kind: 'context', context: 'team-prod', server: 'https://10.255.255.1' },
      elsewhere: [],
    });
    await world.cli(['cluster', 'choose', 'kind-a']);
    const { stdout } = await world.cli(['cluster', 'contexts', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      current: { context: 'kind-a', server: 'https://127.0.0.1:1' },
      clusters: [
        { name: 'embedded', current: false, allowed: true },
        { name: 'kind-a', current: true, allowed: true, looksLikeProduction: false },
        { name: 'team-prod', current: false, allowed: false, looksLikeProduction: true },
      ],
      problem: null,
    });
    const list = await world.cli(['list', '--json']);
    expect(JSON.parse(list.stdout)).toMatchObject({
      clusterIdentity: { kind: 'context', context: 'kind-a' },
      cluster: { state: 'offline' },
    });
    expect(await digest()).toBe(before);
  });

  it('say in one line what keeps a create from its cluster, and make nothing', async () => {
    await writeKubeconfig();
    await world.cli(['cluster', 'choose', 'kind-a']);
    const file = 'version: 1\nservices:\n  web: { image: node, command: node, port: 3000 }\n';
    await writeFile(join(world.repository, 'coppice.yaml'), file);
    await world.git('commit', '--quiet', '--all', '--message', 'no database');
    const create = async (): Promise<string[]> => {
      const { code, stderr } = await world.cli(['create', 'topic']);
      expect(code).not.toBe(0);
      return messageLines(stderr);
    };
    expect(await create()).toEqual([expect.stringMatching(/^The cluster does not answer at https:\/\/127\.0\.0\.1:1/)]);
    await writeFile(kubeconfig(), '{"contexts": []}');
    expect(await create()).toEqual([expect.stringMatching(/has no context "kind-a" any more\.$/)]);
    await writeFile(kubeconfig(), 'clusters: [');
    expect(await create()).toEqual([expect.stringMatching(/cannot be understood/)]);
    expect(await world.git('branch', '--list', 'topic')).toBe('');
    await writeFile(kubeconfig(), '');
    expect(await world.cli(['cluster', 'choose', 'embedded'])).toMatchObject({ code: 0 });
  });

  it.skipIf(process.platform === 'win32')(
    'wait for no program that gets credentials longer than for a cluster, and leave none behind',
    async () => {
      await writeKubeconfig();
      const [login, pids] = [join(world.folder, 'login'), join(world.folder, 'pids')];
      await writeFile(login, `#!/bin/sh\necho $$ >> '${pids}'\nexec sleep 600\n`);
      await chmod(login, 0o755);
      const config = JSON.parse(await readFile(kubeconfig(), 'utf8'));
      config.users[0].user = { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: login } };
      await writeFile(kubeconfig(), JSON.stringify(config));
      await world.cli(['cluster', 'choose', 'kind-a']);
      const [list, create] = await Promise.all([world.cli(['list', '--json']), world.cli(['create', 'topic'])]);
      expect({ code: list.code, told: JSON.parse(list.stdout) }).toMatchObject({
        code: 0,
        told: { cluster: { state: 'offline' } },
      });
      expect(create.stderr).toMatch(/^The credentials for the cluster were not had in time\.\n.*--context "kind-a"$/m);
      expect(create.code).toBe(6);
      const started = (await readFile(pids, 'utf8')).trim().split('\n').map(Number);
      const isThere = (pid: number): boolean => {
        try {
          return process.kill(pid, 0);
        } catch {
          return false;
        }
      };
      await vi.waitFor(() => expect(started.filter(isThere)).toEqual([]), { timeout: 10_000 });
      await world.cli(['cluster', 'choose', 'embedded']);
    },
  );
});
